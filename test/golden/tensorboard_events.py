"""Writes golden/tensorboard/events.out.tfevents.golden with TensorBoard’s own classes.

    python test/golden/tensorboard_events.py

Made with tensorboard 2.x: scalars as simple_value and as tensors, a text beside them, a step that comes again.
"""
import pathlib
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.summary.writer.record_writer import RecordWriter

target = pathlib.Path(__file__).parent / "tensorboard" / "events.out.tfevents.golden"
events = [Event(wall_time=1000.0, file_version="brain.Event:2")]
for step, loss in [(0, 2.5), (1, 1.25), (1, 1.5), (300, 0.125)]:
    simple = Summary.Value(tag="train/loss", simple_value=loss)
    tensor = Summary.Value(
        tag="reward",
        tensor=TensorProto(dtype=1, float_val=[step / 4]),
        metadata=SummaryMetadata(plugin_data=SummaryMetadata.PluginData(plugin_name="scalars")),
    )
    events.append(Event(wall_time=1000.0 + len(events) / 2, step=step, summary=Summary(value=[simple, tensor])))
double = TensorProto(dtype=2, tensor_shape=TensorShapeProto(), tensor_content=b"\x00\x00\x00\x00\x00\x00\xf4\x3f")
word = TensorProto(dtype=7, string_val=[b"hello"])
values = [Summary.Value(tag="eval/loss", tensor=double), Summary.Value(tag="note", tensor=word)]
events.append(Event(wall_time=1010.0, step=300, summary=Summary(value=values)))
with open(target, "wb") as file:
    writer = RecordWriter(file)
    for event in events:
        writer.write(event.SerializeToString())
    writer.flush()
print(target, len(events))
