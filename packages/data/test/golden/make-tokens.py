"""Writes tokens.json: what sentencepiece and Hugging Face's tokenizers make of the novel and of some hard sentences.

pip install sentencepiece==0.2.3 tokenizers==0.23.3 && python make-tokens.py
"""

import gzip
import hashlib
import json
from array import array
from pathlib import Path

import sentencepiece
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

here = Path(__file__).parent
novel = gzip.decompress((here / "../../../../apps/trainer/assets/crime-and-punishment.txt.gz").read_bytes()).decode()
sentences = [
    "Hello World!",
    "On an exceptionally hot evening early in July a young man came out of the garret",
    "  spaces   and\ttabs\nand lines  ",
    "naïve café – “quoted” … 日本 😀 ﬁne ①",
    "UPPER UP U",
    "",
]


def digest(ids):
    return {"count": len(ids), "sha256": hashlib.sha256(array("i", ids).tobytes()).hexdigest()}


pieces = sentencepiece.SentencePieceProcessor(
    model_proto=gzip.decompress((here / "../samples/novel-320.model.gz").read_bytes())
)

trained = Tokenizer(models.BPE())
trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
trained.decoder = decoders.ByteLevel()
trained.train_from_iterator(
    [novel],
    trainers.BpeTrainer(
        vocab_size=512,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=[],
        show_progress=False,
    ),
)

golden = {
    "sentencepiece": {
        "novel": digest(pieces.encode(novel)),
        "sentences": [{"text": text, "tokens": pieces.encode(text)} for text in sentences],
    },
    "bytePairs": {
        "merges": json.loads(trained.to_str())["model"]["merges"],
        "novel": digest(trained.encode(novel).ids),
        "sentences": [{"text": text, "tokens": trained.encode(text).ids} for text in sentences],
    },
}
(here / "tokens.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")
