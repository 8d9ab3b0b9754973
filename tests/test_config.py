"""Settings from TOML files."""

import subprocess
import sys
from pathlib import Path

import pytest

from tagger.captioning.vocabulary import TagRules
from tagger.config import Settings, library_config_file, load_settings, user_config_file
from tagger.core.errors import RunError


def toml(folder: Path, text: str, name: str = "tagger.toml") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_nothing_set(tmp_path: Path) -> None:
    assert load_settings([]) == load_settings([tmp_path / "nothing.toml", tmp_path / "no/where.toml"]) == Settings()


def test_everything_set(tmp_path: Path) -> None:
    file = toml(
        tmp_path,
        'caption_policy = "append"\nwrite = false\nkeep_time = true\nbundle = "models/coco"\n'
        'device = "cpu"\nbatch_size = 4\njobs = 2\nbeam_width = 5\nreview_below = 0.25\n',
    )
    assert load_settings([file]) == Settings(
        caption_policy="append",
        write=False,
        keep_time=True,
        bundle=tmp_path / "models/coco",
        device="cpu",
        batch_size=4,
        jobs=2,
        beam_width=5,
        review_below=0.25,
    )


def test_later_files_override(tmp_path: Path) -> None:
    first = toml(tmp_path, "batch_size = 4\njobs = 2\n", "1.toml")
    second = toml(tmp_path, "\ufeffbatch_size = 8\r\n", "2.toml")
    settings = load_settings([first, second])
    assert (settings.batch_size, settings.jobs) == (8, 2)


def test_bundle_paths(tmp_path: Path) -> None:
    assert load_settings([toml(tmp_path, f"bundle = '{tmp_path}'")]).bundle == tmp_path
    assert load_settings([toml(tmp_path, "bundle = '~/x'")]).bundle == Path.home() / "x"


@pytest.mark.parametrize(
    ("text", "cause", "hint"),
    [
        ('divice = "cpu"', "unknown setting divice", "did you mean device?"),
        ("batch-size = 4", "unknown setting batch-size", "did you mean batch_size?"),
        ("zzz = 1", "unknown setting zzz", "there are caption_policy, write"),
        ("[tagger]\nwrite = true", "unknown setting tagger", ""),
        (
            'device = "cpuu"',
            'device = "cpuu" is not allowed',
            'did you mean "cpu"? device is one of "auto", "cpu", "cuda"',
        ),
        ("device = ['cpu']", "device = ['cpu'] is not allowed", "device is one of"),
        ('write = "yes"', 'write = "yes" is not allowed', "write is true or false"),
        ("write = 1", "write = 1 is not allowed", "true or false"),
        ("batch_size = 0", "batch_size = 0 is not allowed", "a whole number from 1 to 1024"),
        ("batch_size = true", "batch_size = true is not allowed", "a whole number"),
        ("jobs = -1", "jobs = -1 is not allowed", "from 0"),
        ("jobs = 2.0", "jobs = 2.0 is not allowed", "whole number"),
        ("review_below = 1.5", "review_below = 1.5 is not allowed", "a number from 0 to 1"),
        ("review_below = true", "review_below = true is not allowed", "a number from 0 to 1"),
        ("bundle = 7", "bundle = 7 is not allowed", "the path of a folder"),
        ('bundle = ""', "bundle", "the path of a folder"),
        ('bundle = "a\\u0000b"', "bundle", "the path of a folder"),
        ('bundle = "~nosuchuser/x"', "bundle", "in full"),
        ("device = cpu", "is not valid TOML", 'device = "cpu"'),
    ],
)
def test_mistakes(tmp_path: Path, text: str, cause: str, hint: str) -> None:
    file = toml(tmp_path, text)
    with pytest.raises(RunError) as caught:
        load_settings([file])
    assert str(file) in caught.value.cause
    assert cause in caught.value.cause
    assert hint in caught.value.hint


TAGS = """
[tags]
allow = ["animal*", " hot  dog "]
deny = ["cat"]
write_parents = false
hierarchical = "always"
max = 10
min_score = 1
prefix = "ai/"
suffix = " (ai)"
case = "title"
synonyms = { dog = "Hund", "Cell Phone" = "Telefon" }
[tags.hierarchy]
Rex = ["dog"]
dog = ["pet", "animal"]
cat = []
[tags.thresholds]
person = 0.8
"*" = 0
"""


def test_tags(tmp_path: Path) -> None:
    file = toml(tmp_path, TAGS)
    tags = load_settings([file]).tags
    assert tags == TagRules(
        allow=("animal*", "hot dog"),
        deny=("cat",),
        synonyms={"dog": "Hund", "Cell Phone": "Telefon"},
        hierarchy={"Rex": ("dog",), "dog": ("pet", "animal"), "cat": ()},
        thresholds={"person": 0.8, "*": 0.0},
        write_parents=False,
        hierarchical="always",
        max=10,
        min_score=1.0,
        prefix="ai/",
        suffix=" (ai)",
        case="title",
    )
    assert tags.origin("deny") == tags.origin("synonyms", "CELL phone") == tags.origin("thresholds", "*") == file
    assert tags.origin("synonyms", "cat") is None


def test_tables_are_merged_and_lists_replaced(tmp_path: Path) -> None:
    user = toml(tmp_path, TAGS, "user.toml")
    text = '[tags]\ndeny = ["sky"]\nmax = 3\nallow = []\n[tags.synonyms]\nDOG = "Rex"\nsky = "Himmel"\n'
    library = toml(tmp_path, text, "library.toml")
    tags = load_settings([user, library]).tags
    assert (tags.deny, tags.max, tags.allow) == (("sky",), 3, ())
    assert (tags.min_score, tags.case, tags.thresholds["person"]) == (1.0, "title", 0.8)
    assert tags.synonyms == {"Cell Phone": "Telefon", "DOG": "Rex", "sky": "Himmel"}
    assert [tags.origin(key) for key in ("deny", "allow", "case")] == [library, library, user]
    assert [tags.origin("synonyms", name) for name in ("dog", "cell phone", "sky")] == [library, user, library]


@pytest.mark.parametrize(
    ("text", "cause", "hint"),
    [
        ("tags = 3", "tags = 3 is not allowed", "a table: [tags]"),
        ("[tags]\ndenny = []", "unknown setting tags.denny", "did you mean tags.deny?"),
        ("[tags]\norigins = {}", "unknown setting tags.origins", ""),
        ("[tags]\nzzz = 1", "unknown setting tags.zzz", "there are tags.allow, tags.deny"),
        ('[tags]\ndeny = "dog"', 'tags.deny = "dog" is not allowed', "tags.deny is a list of names"),
        ("[tags]\ndeny = [3]", "tags.deny = [3] is not allowed", "a list of names"),
        ('[tags]\ndeny = [" "]', "tags.deny = [' '] is not allowed", "a list of names"),
        ('[tags]\nallow = ["a;b"]', "tags.allow", "a list of names"),
        ("[tags]\nwrite_parents = 1", "tags.write_parents = 1 is not allowed", "true or false"),
        (
            '[tags]\nhierarchical = "alwys"',
            'tags.hierarchical = "alwys"',
            'did you mean "always"? tags.hierarchical is',
        ),
        ('[tags]\ncase = ["lower"]', "tags.case = ['lower'] is not allowed", 'one of "as-is", "lower"'),
        ("[tags]\nmax = -1", "tags.max = -1 is not allowed", "from 0 (all) to 1000"),
        ("[tags]\nmax = true", "tags.max = true is not allowed", "a whole number"),
        ("[tags]\nmin_score = 1.1", "tags.min_score = 1.1 is not allowed", "a number from 0 to 1"),
        ("[tags]\nmin_score = nan", "tags.min_score = nan is not allowed", "a number from 0 to 1"),
        ("[tags]\nmin_score = true", "tags.min_score = true is not allowed", "a number from 0 to 1"),
        ('[tags]\nprefix = "a;"', 'tags.prefix = "a;" is not allowed', "without ;"),
        ('[tags]\nsuffix = "a\\n"', "tags.suffix", "on one line"),
        ("[tags]\nsynonyms = []", "tags.synonyms = [] is not allowed", "a table: [tags.synonyms]"),
        ("[tags.synonyms]\ndog = 3", 'tags.synonyms."dog" = 3 is not allowed', "text on one line"),
        ('[tags.synonyms]\ndog = ""', 'tags.synonyms."dog" = "" is not allowed', "text on one line"),
        ('[tags.synonyms]\n"d*" = "Hund"', "a name in tags.synonyms", "without ; and *"),
        ('[tags.synonyms]\ndog = "a"\nDog = "b"', 'tags.synonyms has "Dog" twice', "upper and lower case"),
        ('[tags.hierarchy]\ndog = "pet"', 'tags.hierarchy."dog" = "pet" is not allowed', "a list of words"),
        ('[tags.hierarchy]\n"*" = ["pet"]', "a name in tags.hierarchy", "without ; and *"),
        ("[tags.thresholds]\ndog = 1.5", 'tags.thresholds."dog" = 1.5 is not allowed', "a number from 0 to 1"),
    ],
)
def test_mistakes_in_tags(tmp_path: Path, text: str, cause: str, hint: str) -> None:
    test_mistakes(tmp_path, text, cause, hint)


def test_unreadable(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot read"):
        load_settings([tmp_path])
    (tmp_path / "x.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(RunError, match="not text in UTF-8"):
        load_settings([tmp_path / "x.toml"])


def test_replace() -> None:
    settings = Settings(jobs=3)
    assert settings.replace(jobs=None, device=None) == settings
    assert settings.replace(jobs=0, write=False) == Settings(jobs=0, write=False)
    with pytest.raises(RunError, match="batch_size = 0 is not allowed"):
        settings.replace(batch_size=0)
    with pytest.raises(TypeError):
        settings.replace(speed=1)


def test_files(tmp_path: Path) -> None:
    assert user_config_file().name == "tagger.toml"
    assert library_config_file(tmp_path) == tmp_path / ".tagger/tagger.toml"


def test_imports_stay_light() -> None:
    code = (
        "import sys, tagger.scan, tagger.config\n"
        "heavy = {'numpy', 'sqlite3', 'platformdirs', 'onnxruntime', 'PIL', 'rich'} & set(sys.modules)\n"
        "sys.exit(repr(heavy) if heavy else 0)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
