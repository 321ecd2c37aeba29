"""A GRPO step as one would write it by hand in PyTorch: each prompt computed once for its group, a static cache of
keys and values filled in place, log-probabilities kept from sampling, one update. Value: steps per second."""
import time

import torch
from contestant import job, serve
from model import HEAD, Model

o = job()
longest = o.prompt + o.new
rows = o.prompts * o.generations
model = Model(o.vocab, o.hidden, o.intermediate, o.layers, longest)
optimizer = torch.optim.AdamW(model.parameters(), 1e-5, weight_decay=0)
caches = torch.zeros(o.layers, 2, rows, o.hidden // HEAD, longest, HEAD)


@torch.no_grad()
def rollout(prompts):
    """[rows, new] tokens, and their log-probabilities."""
    alone = torch.empty(o.layers, 2, o.prompts, o.hidden // HEAD, o.prompt, HEAD)
    logits = model(prompts, alone, 0, last_only=True)[:, -1].repeat_interleave(o.generations, 0)
    caches[:, :, :, :, :o.prompt] = alone.repeat_interleave(o.generations, 2)
    tokens = torch.empty(rows, o.new, dtype=torch.long)
    logps = torch.empty(rows, o.new)
    for i in range(o.new):
        logp = torch.log_softmax(logits, -1)
        token = torch.multinomial(logp.exp(), 1)
        tokens[:, i:i + 1] = token
        logps[:, i:i + 1] = logp.gather(1, token)
        if i + 1 < o.new:
            logits = model(token, caches, o.prompt + i, last_only=True)[:, -1]
    return tokens, logps


def step():
    prompts = torch.randint(0, o.vocab, (o.prompts, o.prompt))
    tokens, old = rollout(prompts)
    rewards = (tokens.sum(1) % 7).float().view(o.prompts, o.generations)
    advantages = (rewards - rewards.mean(1, keepdim=True)) / (rewards.std(1, keepdim=True) + 1e-4)
    whole = torch.cat((prompts.repeat_interleave(o.generations, 0), tokens), 1)
    logits = model(whole[:, :-1])[:, o.prompt - 1:]
    logps = torch.log_softmax(logits, -1).gather(2, tokens[:, :, None])[:, :, 0]
    ratio = (logps - old).exp()
    a = advantages.view(rows, 1)
    loss = -torch.min(ratio * a, ratio.clamp(0.8, 1.2) * a).mean()
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()


def measure():
    started = time.perf_counter()
    step()
    return 1 / (time.perf_counter() - started)


serve(measure)
