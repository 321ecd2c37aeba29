"""A peer's side of contestant-process.ts: warms up, writes {"ready": true}, then measures again for every line read."""
import argparse
import json
import os
import resource
import sys
import time

import torch


def job():
    """Sizes of the model and of the work, from the command line."""
    parser = argparse.ArgumentParser()
    for name in ("hidden", "intermediate", "layers", "vocab", "prompts", "generations", "prompt", "new", "tokens"):
        parser.add_argument("--" + name, type=int, default=0)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    return options


def peak_bytes():
    try:
        with open("/proc/self/status") as status:
            return next(1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def say(message):
    print(json.dumps(message), flush=True)


def serve(measure):
    """`measure` does one repeat and returns its value in the row's unit."""
    measure()
    say({"ready": True})
    for _ in sys.stdin:
        before = time.process_time()
        value = measure()
        say({"value": value, "peakBytes": peak_bytes(), "cpuS": time.process_time() - before})
