"""The benchmark's model as transformers has it."""
from transformers import Qwen3Config, Qwen3ForCausalLM


def qwen3(o, **more):
    heads = o.hidden // 32
    config = Qwen3Config(
        vocab_size=o.vocab, hidden_size=o.hidden, intermediate_size=o.intermediate, num_hidden_layers=o.layers,
        num_attention_heads=heads, num_key_value_heads=heads, head_dim=32, max_position_embeddings=512,
        tie_word_embeddings=True, **more)
    return Qwen3ForCausalLM(config)
