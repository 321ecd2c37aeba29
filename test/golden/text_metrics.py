"""chrF2 from sacreBLEU, and tokenisation and merges from Hugging Face's tokenizers.

Run: python3 test/golden/text_metrics.py > test/golden/text_metrics.json   (sacrebleu 2.6, tokenizers 0.22)
"""
import json
import sacrebleu
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PAIRS = [
    ("the cat sat", "the cat sat"),
    ("the cat sat", "the cat sits"),
    ("a", "a"),
    ("ab", "abcdefgh"),
    ("f now 3 . d now 1 .", "f now 3 . d now 5 ."),
    ("completely different", "no overlap xyz"),
    ("naïve café", "naive cafe"),
    ("", "something"),
    ("日本語の文", "日本語文"),
]
chrf = [
    {"hypothesis": h, "reference": r, "score": sacrebleu.sentence_chrf(h, [r], eps_smoothing=False).score / 100}
    for h, r in PAIRS
]

TEXT = (
    "Thinking before predicting is what reinforcement mid-training teaches; thinking shorter is what its budget "
    "teaches. It's 1,024 tokens, isn't it?\n\n  Indented\tand tabbed lines, naïve café, 日本語, emoji 🙂🙂.\n"
    "the the the then there these those that this thinking think thinks thinker\r\n"
)
SPECIAL = ["<pad>", "<bos>"]
bpe = Tokenizer(models.BPE())
bpe.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
bpe.decoder = decoders.ByteLevel()
bpe.train_from_iterator(
    [TEXT],
    trainers.BpeTrainer(
        vocab_size=320,
        min_frequency=2,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
merges = json.loads(bpe.to_str())["model"]["merges"]
print(
    json.dumps(
        {
            "chrf": chrf,
            "bpe": {"text": TEXT, "pieces": 318, "firstId": len(SPECIAL), "merges": merges, "ids": bpe.encode(TEXT).ids},
        },
        ensure_ascii=False,
    )
)
