"""One GRPO update of a tiny Qwen3 by PyTorch autograd and torch.optim.AdamW: losses, gradients, new weights.

The loss follows TRL's GRPOTrainer (1.13): group advantages with the unbiased standard deviation + 1e-4, clipped
ratios, token-mean over the batch (dapo), KL estimate exp(d) - d - 1 where beta is not 0; next-token loss added with
weight lambda. Transformers' Qwen3ForCausalLM is the model.

Run: python3 test/golden/grpo_update.py > test/golden/grpo_update.json   (torch 2.13, transformers 5.17)
"""
import json
import torch
from transformers import Qwen3Config, Qwen3ForCausalLM

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
CONFIG = dict(vocab_size=14, hidden_size=8, intermediate_size=12, num_hidden_layers=2, num_attention_heads=2,
              num_key_value_heads=1, head_dim=4, rope_theta=10000.0, rms_norm_eps=1e-6, tie_word_embeddings=True,
              max_position_embeddings=32)
model = Qwen3ForCausalLM(Qwen3Config(**CONFIG)).double().eval()
for p in model.parameters():
    torch.nn.init.normal_(p, 0.0 if p.dim() > 1 else 1.0, 0.4 if p.dim() > 1 else 0.1)
# The weights of the record are float32: start from exactly those.
for p in model.parameters():
    p.data = p.data.float().double()
initial = {k: v.clone() for k, v in model.named_parameters()}

PROMPTS = [[1, 5, 6, 4], [1, 9, 4]]
COMPLETIONS = [[[7, 8, 5, 9], [6, 5, 2], [3, 5, 9, 9, 2]], [[8, 5, 2], [11, 12, 5, 13], [5, 10]]]
REWARDS = [[1.0, 0.0, 0.25], [0.5, 0.75, 0.0]]
DOCUMENTS = [[1, 7, 8, 9, 10, 2], [1, 3, 12, 2]]
WEIGHTS = [[0, 1, 1, 0, 1, 1], [0, 1, 1, 1]]
BANNED = [0, 1]
TEMPERATURE, LAMBDA, LR, CLIP = 0.8, 0.1, 0.01, 1.0


def logps(prompt, completion, temperature=TEMPERATURE, banned=BANNED):
    ids = torch.tensor([prompt + completion])
    logits = model(ids).logits[0, len(prompt) - 1 : -1] / temperature
    logits[:, banned] = -float("inf")
    lp = logits.log_softmax(-1)
    p = lp.exp()
    entropy = -(p * lp.masked_fill(p == 0, 0)).sum(-1)
    return lp.gather(-1, torch.tensor(completion)[:, None])[:, 0], entropy


advantages = []
for group in REWARDS:
    r = torch.tensor(group)
    advantages.append(((r - r.mean()) / (r.std() + 1e-4)).tolist())

cases = []
for name, loss_type, beta, eps_high, level, with_old in [
    ("on-policy dapo", "dapo", 0.0, 0.2, "token", False),
    ("off-policy dapo, clip-higher, KL", "dapo", 0.04, 0.28, "token", True),
    ("off-policy grpo", "grpo", 0.0, 0.2, "token", True),
    ("off-policy dr_grpo", "dr_grpo", 0.0, 0.2, "token", True),
    ("off-policy sequence level", "dapo", 0.0, 0.2, "sequence", True),
]:
    for k, v in model.named_parameters():
        v.data = initial[k].clone()
    model.zero_grad()
    optimizer = torch.optim.AdamW(
        [{"params": [p for p in model.parameters() if p.dim() > 1], "weight_decay": 0.01},
         {"params": [p for p in model.parameters() if p.dim() == 1], "weight_decay": 0.0}],
        lr=LR, betas=(0.9, 0.95), eps=1e-8)
    total = sum(len(c) for g in COMPLETIONS for c in g)
    sequences = sum(len(g) for g in COMPLETIONS)
    old, ref, current, entropies = [], [], [], []
    policy_loss, kl_sum, low, high, entropy_sum = 0.0, 0.0, 0, 0, 0.0
    for g, group in enumerate(COMPLETIONS):
        old.append([]), ref.append([]), current.append([])
        for c, completion in enumerate(group):
            lp, entropy = logps(PROMPTS[g], completion)
            entropy_sum += entropy.sum().item()
            noise = torch.tensor([((7 * g + 5 * c + 3 * t) % 11 - 5) / 12 for t in range(len(completion))])
            o = (lp.detach() + noise).float().double() if with_old else lp.detach()
            f = (lp.detach() - 0.5 * noise).float().double()
            a = advantages[g][c]
            delta = lp - o
            ratio = delta.mean().exp().expand_as(delta) if level == "sequence" else delta.exp()
            clipped = ratio.clamp(1 - 0.2, 1 + eps_high)
            token = -torch.minimum(ratio * a, clipped * a)
            low += int(((ratio < 0.8) & (a < 0)).sum()) if a < 0 else 0
            high += int((ratio > 1 + eps_high).sum()) if a > 0 else 0
            if beta:
                d = f - lp
                kl = d.exp() - d - 1
                kl_sum += kl.sum().item()
                token = token + beta * kl
            weight = {"dapo": 1 / total, "grpo": 1 / (len(completion) * sequences), "dr_grpo": 1 / (6 * sequences)}[loss_type]
            policy_loss = policy_loss + weight * token.sum()
            old[g].append(o.tolist() if with_old else None)
            ref[g].append(f.tolist() if beta else None)
            current[g].append(lp.tolist())
    ntp_sum, ntp_weight = 0.0, 0.0
    for document, weights in zip(DOCUMENTS, WEIGHTS):
        lp, _ = logps(document[:1], document[1:], 1.0, [])
        w = torch.tensor(weights[1:], dtype=torch.float64)
        ntp_sum = ntp_sum - (w * lp).sum()
        ntp_weight += w.sum().item()
    ntp_loss = ntp_sum / ntp_weight
    loss = policy_loss + LAMBDA * ntp_loss
    loss.backward()
    gradients = {k: v.grad.clone() for k, v in model.named_parameters()}
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
    optimizer.step()
    cases.append({
        "name": name, "lossType": loss_type, "beta": beta, "epsilonHigh": eps_high, "level": level,
        "old": old, "ref": ref, "perTokenLogps": current,
        "loss": loss.item(), "policyLoss": policy_loss.item(), "ntpLoss": ntp_loss.item(), "kl": kl_sum / total,
        "entropy": entropy_sum / total, "clipLow": low / total, "clipHigh": high / total, "gradNorm": norm.item(),
        "gradients": {k: v.flatten().tolist() for k, v in gradients.items()},
        "weights": {k: v.detach().flatten().tolist() for k, v in model.named_parameters()},
    })


def shorten(value):
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, list):
        return [shorten(v) for v in value]
    if isinstance(value, dict):
        return {k: shorten(v) for k, v in value.items()}
    return value


print(json.dumps(shorten({
    "config": CONFIG, "prompts": PROMPTS, "completions": COMPLETIONS, "rewards": REWARDS, "advantages": advantages,
    "documents": DOCUMENTS, "documentWeights": WEIGHTS, "banned": BANNED, "temperature": TEMPERATURE,
    "lambda": LAMBDA, "learningRate": LR, "maxGradNorm": CLIP, "weightDecay": 0.01, "adamBeta2": 0.95,
    "weights": {k: v.flatten().tolist() for k, v in initial.items()}, "cases": cases,
}), separators=(",", ":")))
