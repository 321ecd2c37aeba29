"""Sampling with transformers' generate, every completion of a group with its own copy of the prompt, as trainers
call it. Value: sampled tokens per second."""
import time

import torch
from contestant import job, serve
from hugging_face import qwen3

o = job()
model = qwen3(o).eval()
rows = o.prompts * o.generations


@torch.no_grad()
def measure():
    prompts = torch.randint(0, o.vocab, (o.prompts, o.prompt)).repeat_interleave(o.generations, 0)
    started = time.perf_counter()
    model.generate(prompts, attention_mask=torch.ones_like(prompts), max_new_tokens=o.new, min_new_tokens=o.new,
                   do_sample=True, top_k=0, eos_token_id=None, pad_token_id=0)
    return rows * o.new / (time.perf_counter() - started)


serve(measure)
