from hypothesis import given
from hypothesis import strategies as st

from forms import paths

names = st.from_regex(r"[a-z_][a-z0-9_\-]{0,8}", fullmatch=True)
ids = st.integers(0, 2**64 - 1).map(paths.new_instance_id)
steps = st.lists(st.tuples(names, st.none() | ids), min_size=1, max_size=5)


def text_of(parts):
    return "/".join(f"{name}[{instance}]" if instance else name for name, instance in parts)


@given(steps)
def test_a_path_splits_into_the_steps_it_was_made_of(parts):
    assert paths.split(text_of(parts)) == tuple(parts)


@given(steps)
def test_the_template_of_a_path_has_its_names_only(parts):
    assert paths.template(text_of(parts)) == "/".join(name for name, _ in parts)


def test_a_path_names_its_instance_and_its_parent():
    path = "household/member[9f3c0a1b2c3d4e5f]"
    assert paths.instance_id(path) == "9f3c0a1b2c3d4e5f"
    assert paths.parent(f"{path}/age") == path
    assert paths.parent("age") == ""
    assert paths.is_within(f"{path}/age", path)
    assert not paths.is_within("household/members", "household/member")


def test_what_is_no_path_does_not_split():
    for text in ("", "a//b", "a[1]", "a[9F3C0A1B2C3D4E5F]", "a]b", "/a"):
        assert paths.split(text) is None
