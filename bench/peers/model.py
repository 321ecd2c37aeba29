"""The benchmark's model in plain PyTorch: Qwen3's architecture, with an optional static cache of keys and values."""
import torch
import torch.nn.functional as F
from torch import nn

HEAD = 32
EPSILON = 1e-6


class Layer(nn.Module):
    def __init__(self, hidden, intermediate):
        super().__init__()
        self.norm1, self.norm2 = nn.RMSNorm(hidden, EPSILON), nn.RMSNorm(hidden, EPSILON)
        self.q_norm, self.k_norm = nn.RMSNorm(HEAD, EPSILON), nn.RMSNorm(HEAD, EPSILON)
        self.qkv = nn.Linear(hidden, 3 * hidden, bias=False)
        self.out = nn.Linear(hidden, hidden, bias=False)
        self.gate_up = nn.Linear(hidden, 2 * intermediate, bias=False)
        self.down = nn.Linear(intermediate, hidden, bias=False)

    def forward(self, x, cos, sin, cache, start):
        """x: [batch, new tokens, hidden]; cache: keys and values [2, batch, heads, longest, HEAD] or None."""
        batch, tokens, hidden = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, tokens, 3, hidden // HEAD, HEAD).unbind(2)
        q, k, v = turn(self.q_norm(q), cos, sin), turn(self.k_norm(k), cos, sin), v
        q, k, v = q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2)
        if cache is not None:
            end = start + tokens
            cache[0, :, :, start:end] = k
            cache[1, :, :, start:end] = v
            k, v = cache[0, :, :, :end], cache[1, :, :, :end]
        seen = F.scaled_dot_product_attention(q, k, v, is_causal=tokens > 1)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, tokens, hidden))
        gate, up = self.gate_up(self.norm2(x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def turn(x, cos, sin):
    a, b = x.chunk(2, -1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), -1)


class Model(nn.Module):
    def __init__(self, vocab, hidden, intermediate, layers, longest):
        super().__init__()
        self.embed = nn.Embedding(vocab, hidden)
        nn.init.normal_(self.embed.weight, 0, 0.02)
        self.layers = nn.ModuleList(Layer(hidden, intermediate) for _ in range(layers))
        self.norm = nn.RMSNorm(hidden, EPSILON)
        half = HEAD // 2
        angle = torch.arange(longest)[:, None] * 10000 ** (-torch.arange(half) / half)
        self.register_buffer("cos", angle.cos()[:, None])
        self.register_buffer("sin", angle.sin()[:, None])

    def forward(self, ids, caches=None, start=0, last_only=False):
        end = start + ids.shape[1]
        cos, sin = self.cos[start:end], self.sin[start:end]
        x = self.embed(ids)
        for i, layer in enumerate(self.layers):
            x = layer(x, cos, sin, None if caches is None else caches[i], start)
        if last_only:
            x = x[:, -1:]
        return self.norm(x) @ self.embed.weight.T
