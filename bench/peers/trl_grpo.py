"""A step of TRL's GRPOTrainer: rollouts through transformers' generate, a reward function, one update.
Value: steps per second. The trainer owns the loop, so a callback waits before each step."""
import os
import sys
import tempfile
import time
import warnings

os.environ["TOKENIZERS_PARALLELISM"] = "false"
warnings.filterwarnings("ignore")

from contestant import job, peak_bytes, say  # noqa: E402
from datasets import Dataset  # noqa: E402
from hugging_face import qwen3  # noqa: E402
from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: E402
from transformers import PreTrainedTokenizerFast, TrainerCallback  # noqa: E402
from trl import GRPOConfig, GRPOTrainer  # noqa: E402

o = job()
words = Tokenizer(models.WordLevel({"<pad>": 0, "<eos>": 1, **{f"w{i}": i for i in range(2, o.vocab)}}, "<pad>"))
words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>", eos_token="<eos>")
texts = [" ".join(f"w{2 + (31 * row + 7 * i * i) % (o.vocab - 2)}" for i in range(o.prompt)) for row in range(512)]


class Turns(TrainerCallback):
    def on_step_begin(self, args, state, control, **_):
        if state.global_step == 1:
            say({"ready": True})
        if state.global_step > 0 and not sys.stdin.readline():
            control.should_training_stop = True
        self.started, self.cpu = time.perf_counter(), time.process_time()

    def on_step_end(self, args, state, control, **_):
        seconds = time.perf_counter() - self.started
        if state.global_step > 1:
            say({"value": 1 / seconds, "peakBytes": peak_bytes(), "cpuS": time.process_time() - self.cpu})


with tempfile.TemporaryDirectory() as folder:
    settings = GRPOConfig(
        output_dir=folder, per_device_train_batch_size=o.prompts * o.generations, num_generations=o.generations,
        max_completion_length=o.new, max_steps=1000, logging_steps=1000, save_strategy="no", report_to=[],
        use_cpu=True, bf16=False, beta=0.0, temperature=1.0, learning_rate=1e-5, disable_tqdm=True,
        gradient_checkpointing=False,
        generation_kwargs={"min_new_tokens": o.new, "max_new_tokens": o.new, "top_k": 0})
    GRPOTrainer(
        model=qwen3(o, eos_token_id=1, pad_token_id=0), args=settings, processing_class=tokenizer,
        reward_funcs=lambda completions, **_: [float(len(text) % 7) for text in completions],
        train_dataset=Dataset.from_list([{"prompt": text} for text in texts]), callbacks=[Turns()]).train()
