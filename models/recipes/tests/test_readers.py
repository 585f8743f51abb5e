import lightgbm as lgb
import numpy as np
import pytest
from cataract import calibrate, cascade, evaluate, export, fast


@pytest.fixture(scope="module")
def scores():
    """truth [400], fast and fine log-odds that carry noise."""
    rng = np.random.default_rng(1)
    truth = (rng.random(400) < 0.35).astype(int)
    return truth, (2 * truth - 1) * 1.6 + rng.normal(0, 1.5, 400), (2 * truth - 1) * 2.6 + rng.normal(0, 1.5, 400)


def test_trees_file_predicts_the_same(tmp_path):
    rng = np.random.default_rng(0)
    truth = np.arange(40) % 2
    embeddings = (rng.normal(size=(40, 3, 1280)) + truth[:, None, None] * 0.2).astype(np.float32)
    trees = fast.train(embeddings, truth, fast.TreeSettings(trees=20, columns=0.1), 0, 2)
    trees.save_model(tmp_path / "trees.txt")
    again = lgb.Booster(model_file=tmp_path / "trees.txt")
    assert (fast.margin(trees, embeddings[:, 0]) == fast.margin(again, embeddings[:, 0])).all()
    assert "objective=binary" in (tmp_path / "trees.txt").read_text()


def test_domain_graph_equals_numpy():
    rng = np.random.default_rng(0)
    reference, query = rng.normal(size=(30, 1280)).astype(np.float32), rng.normal(size=(6, 1280)).astype(np.float32)
    got = export.Runner(export.domain_model(fast.unit(reference), 5))("similarity", batch=2, embedding=query)
    wanted = np.sort(fast.unit(query) @ fast.unit(reference).T, axis=1)[:, -5:].mean(1)
    assert np.abs(got[:, 0] - wanted).max() < 1e-3


def test_left_out_similarities_ignore_the_own_group():
    reference = np.eye(6, 1280, dtype=np.float32)
    reference[1] = reference[0]
    group = np.array(["a", "a", "b", "c", "d", "e"])
    assert fast.left_out_similarities(reference, group, 1).max() < 1e-3


@pytest.mark.parametrize("method", ["platt", "temperature"])
def test_calibration_is_monotone_and_lowers_the_loss(scores, method):
    truth, raw, _ = scores
    calibration = calibrate.fit(method, raw * 4, truth)
    grid = np.linspace(-30, 30, 200)
    assert (np.diff(calibration.probability(grid)) >= 0).all()
    assert evaluate.log_loss(truth, calibration.probability(raw * 4)) < evaluate.log_loss(truth, calibrate.sigmoid(raw * 4))
    if method == "temperature":
        assert ((calibration.probability(raw) >= 0.5) == (raw >= 0)).all()


def test_auc_and_intervals():
    truth, score = np.array([0, 0, 1, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8, 0.4])
    assert evaluate.auc(truth, score) == pytest.approx(4.5 / 6)
    low, high = evaluate.wilson(9, 10)["interval"]
    assert (low, high) == (pytest.approx(0.5958, abs=1e-3), pytest.approx(0.9821, abs=1e-3))
    area = evaluate.delong(truth, score)
    assert area["interval"][0] < area["value"] < area["interval"][1] <= 1


def test_fusion_with_much_ridge_is_fine_alone(scores):
    truth, first, second = scores
    fusion = cascade.fit_fusion(first, second, truth, 1e6)
    assert (fusion.w0, fusion.w1, fusion.w2) == (0, 0, 1)


def test_band_holds_its_share_and_orders_its_edges(scores):
    _, first, second = scores
    band = cascade.choose_band(first, second, 0.18)
    assert band.lo < 0.5 < band.hi and band.a <= band.lo and band.b >= band.hi
    assert abs(band.escalated(first).mean() - 0.18) < 0.01
    assert not (band.person(first, second) & ~band.escalated(first)).any()


def test_too_few_positives_never_certify():
    truth = np.array([1] * 16 + [0] * 33)
    score = np.where(truth == 1, 6.0, -6.0)
    proof = cascade.certificate(cascade.Band(0.2, 0.8, 0.2, 0.8), score, score, truth)
    assert proof["certified"] is False
    assert proof["misses"] == 0 and proof["neededPositives"] == 59
    assert proof["provableMissRate"] == pytest.approx(1 - 0.05 ** (1 / 16), abs=1e-4)


def test_fifty_nine_positives_without_a_miss_certify():
    truth = np.array([1] * 59 + [0] * 200)
    score = np.where(truth == 1, 6.0, -6.0)
    assert cascade.certificate(cascade.Band(0.2, 0.8, 0.2, 0.8), score, score, truth)["certified"] is True
