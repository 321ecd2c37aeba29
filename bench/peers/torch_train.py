"""A train step of PyTorch, eager: next-token loss, backward, Adam. Value: milliseconds."""
import time

import torch
import torch.nn.functional as F
from contestant import job, serve
from model import Model

o = job()
model = Model(o.vocab, o.hidden, o.intermediate, o.layers, o.tokens)
optimizer = torch.optim.Adam(model.parameters(), 1e-5)


def measure():
    ids = torch.randint(0, o.vocab, (o.prompts, o.tokens + 1))
    started = time.perf_counter()
    logits = model(ids[:, :-1])
    loss = F.cross_entropy(logits.reshape(-1, o.vocab), ids[:, 1:].reshape(-1))
    optimizer.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return 1000 * (time.perf_counter() - started)


serve(measure)
