import numpy as np
from cataract import augment, data


def same(examples, i, pixels, group):
    e = examples[i]
    return data.Example(f"{1000 + i:064x}", e.label, e.split, group, pixels)


def test_groups_never_cross_folds(examples):
    paired = [data.Example(f"{i:064x}", e.label, e.split, f"pair{i // 4}", e.pixels) for i, e in enumerate(examples)]
    fold = data.fold_numbers(paired, 2, 0)
    for group in set(data.groups(paired)):
        assert len(set(fold[data.groups(paired) == group])) == 1


def test_lookalikes_share_a_group(examples):
    turned = same(examples, 0, np.rot90(examples[0].pixels).copy(), "turned")
    mirrored = same(examples, 3, examples[3].pixels[:, ::-1].copy(), "mirrored")
    joined = data.join_lookalikes([*examples, turned, mirrored])
    assert joined[-2].group == joined[0].group
    assert joined[-1].group == joined[3].group
    assert joined[1].group != joined[0].group


def test_real_set_has_no_duplicate_across_folds(real):
    fold = data.fold_numbers(real, 5, 0)
    assert len({e.sha256 for e in real}) == len(real)
    assert len({e.pixels.tobytes() for e in real}) == len(real)
    for i, j in data.lookalike_pairs(real):
        assert fold[i] == fold[j]
    by_group = {}
    for e, k in zip(real, fold, strict=True):
        assert by_group.setdefault(e.group, k) == k
    split_of = {}
    for e in real:
        assert split_of.setdefault(e.group, e.split) == e.split


def test_squash_keeps_no_aspect(examples):
    assert data.squash(examples[0].pixels).shape == (224, 224, 3)


def test_views_depend_on_seed_image_and_number_only(examples):
    first = augment.augmented(examples[2], 3, 7)
    assert (first == augment.augmented(examples[2], 3, 7)).all()
    assert (first != augment.augmented(examples[2], 4, 7)).any()
    assert (first != augment.augmented(examples[2], 3, 8)).any()
    assert (augment.augmented(examples[2], 0, 7) == data.squash(examples[2].pixels)).all()
