"""The training of the network for latents: its examples, and, where PyTorch is installed, its steps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.runs.datasets import LabelledImage, development_half
from benchmarks.training.descriptors import examples as described_examples
from benchmarks.training.latent_ridges import examples as ridge_examples
from benchmarks.training.latents import held_out
from benchmarks.training.latents.examples import SIDE, Example, batch, labelled
from benchmarks.training.latents.pool import FIRST_SEED, Pool
from fingerprint.latents.network import latent_network
from fingerprint.matching.kernels.surroundings import surroundings
from fingerprint.synthetic.finger.frame import IMPRESSION_SHAPE
from fingerprint.synthetic.generator import Finger
from fingerprint.synthetic.latent import leave
from fingerprint.synthetic.randomness import random_numbers

pytestmark = pytest.mark.reach

COUNT = 3


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    """Return prints in two files, with minutiae at known places in place of a network's."""
    folder = tmp_path_factory.mktemp("pool")
    maps = np.zeros((COUNT, 4, *IMPRESSION_SHAPE), np.uint8)
    for number in range(COUNT):
        maps[number, 0] = Finger.generate(number).impression(0)
        maps[number, 1, 20::30, 10 + 5 * number :: 30] = 255
        maps[number, 2] = 64 * number  # quarters of a circle
        maps[number, 3] = 255 * (number % 2)
    np.save(folder / "a.npy", maps[:2])
    np.save(folder / "b.npy", maps[2:])
    return Pool(folder)


def test_a_step_has_the_same_patches_again_and_another_step_others(pool: Pool) -> None:
    first, again, next_ = (batch(pool, 1, step, 4, whole=0.5) for step in (7, 7, 8))
    assert len(pool) == COUNT
    assert first.pixels.shape == (4, SIDE, SIDE)
    for name in first._fields:
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert (first.pixels != next_.pixels).any(axis=(1, 2)).all()


def test_labels_turn_with_the_pixels() -> None:
    place = np.zeros((SIDE, SIDE), np.float32)
    place[10, SIDE - 1] = 1
    example = Example(np.uint8(255 * place), place, place + 1, 0 * place, place)
    turned = example.turned(1, mirrored=False)
    assert np.argwhere(turned.place).tolist() == [[0, 10]]
    assert turned.direction[0, 10] == pytest.approx(np.pi / 2)
    mirrored = example.turned(0, mirrored=True)
    assert np.argwhere(mirrored.place).tolist() == [[10, 0]]
    assert mirrored.direction[10, 0] == pytest.approx(np.pi)
    quarter = example.moved(np.array([[0, 1, 0], [-1, 0, SIDE - 1]], np.float32))  # the same by an affine map
    np.testing.assert_allclose(quarter.place, turned.place, atol=1e-5)
    assert quarter.direction[0, 10] == pytest.approx(np.pi / 2)
    for each in (turned, mirrored, quarter):
        np.testing.assert_array_equal(each.pixels > 0, each.place > 0)


def test_a_latent_is_labelled_where_its_print_is_left(pool: Pool) -> None:
    own = pool[0].place > 0
    for seed in range(4):
        left = leave(pool[0].pixels, pool[1].pixels, random_numbers(seed), overlap=0)
        example = labelled(left, pool[0], pool[1])
        np.testing.assert_array_equal(example.place > 0, own & left.part)
        assert not (example.weight[left.part] == 0).any()
        assert (example.weight[own & (left.contrast > 0.1) & ~left.part] == 0).all()


def test_of_two_prints_the_weaker_is_left_out(pool: Pool) -> None:
    turned = set()
    for seed in range(6):
        left = leave(pool[0].pixels, pool[2].pixels, random_numbers(seed), overlap=1)
        assert left.other is not None
        example, quarters = labelled(left, pool[0], pool[2]), 2 if left.other.turned else 0
        theirs, own = np.rot90(pool[2].place, quarters) > 0, (pool[0].place > 0) & left.part
        stronger = left.other.contrast > np.maximum(left.contrast, 0.1)
        assert (example.place[stronger & theirs] == 1).all()
        directions = example.direction[stronger & theirs]  # half a circle, as it is or turned
        np.testing.assert_allclose(directions, np.pi + quarters * np.pi / 2, atol=1e-5)
        assert (example.weight[stronger & own & ~theirs] == 0).all()
        assert (example.place[~stronger & (left.contrast > left.other.contrast) & own] == 1).all()
        turned.add(left.other.turned)
    assert turned == {False, True}


def test_ridges_are_those_of_the_print_that_is_stronger_at_each_place(pool: Pool) -> None:
    targets = ridge_examples.Targets(pool)
    for seed in range(4):
        left = leave(pool[0].pixels, pool[2].pixels, random_numbers(seed), overlap=1)
        assert left.other is not None
        patch = ridge_examples.stronger(left, targets[0], pool[2].pixels, targets[2])
        theirs = np.rot90(targets[2], 2 if left.other.turned else 0)
        own_only, other_only = (
            left.part & (left.other.contrast == 0),
            (left.other.contrast > 0.1) & (left.contrast == 0),
        )
        np.testing.assert_array_equal(patch.response[own_only], targets[0][own_only])
        np.testing.assert_array_equal(
            patch.response[other_only & (patch.here > 0)], theirs[other_only & (patch.here > 0)]
        )
        assert (patch.here[left.part] == 1).all()
        assert (patch.here[(left.contrast == 0) & (left.other.contrast == 0)] == 0).all()
    first, again = (ridge_examples.batch(pool, targets, 1, 7, 4, whole=0.5) for _ in range(2))
    for name in first._fields:
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))


def test_what_is_trained_on_is_apart_from_what_is_looked_at() -> None:
    assert held_out.FIRST + held_out.COUNT + held_out.STRANGERS < FIRST_SEED
    images = [LabelledImage(Path(f"{person}_{n}.png"), str(person)) for person in range(5) for n in range(2)]
    kept = {image.subject for image in development_half(images)}
    assert kept == {"0", "2", "4"}


@pytest.fixture
def torch_free_cores() -> None:
    """One thread, so that sums are always added in the same order."""
    import torch

    torch.set_num_threads(1)


@pytest.mark.usefixtures("torch_free_cores")
def test_the_network_is_the_published_one(pool: Pool) -> None:
    from benchmarks.training.latents.evaluation import detected
    from benchmarks.training.latents.network import Leader, published_weights
    from fingerprint.extraction.leader import detect
    from models.leader.network import leader
    from models.registry import ModelRegistry
    from models.session import ModelSession

    pixels = pool[0].pixels[:384, :288]
    content = ModelRegistry(Path("unused")).locate("leader").read_bytes()
    theirs = detect(ModelSession.open("leader", "", leader(content, quantised=False), threads=1), pixels, 0.3)
    ours = detected(Leader(published_weights()), pixels, 0.3)
    np.testing.assert_array_equal(np.stack([ours.x, ours.y, ours.type]), np.stack([theirs.x, theirs.y, theirs.type]))
    np.testing.assert_allclose(np.exp(1j * ours.direction), np.exp(1j * theirs.direction), atol=1e-3)
    np.testing.assert_allclose(ours.quality, theirs.quality, atol=1e-3)


def test_examples_of_descriptions_show_the_same_ridges_on_latent_and_print_and_survive_being_stored(
    pool: Pool, tmp_path: Path
) -> None:
    session = latent_network().ridges
    assert session
    described_examples.make(pool, session, tmp_path, seed=1, count=6)
    made = described_examples.load(tmp_path)
    again = described_examples.example(pool, session, 1, 4)
    np.testing.assert_allclose(made[4].latent.values, again.latent.values, atol=0.5 / described_examples.STEPS + 1e-6)
    np.testing.assert_array_equal(made[4].print_.values, again.print_.values)
    np.testing.assert_array_equal(made[4].on_print, again.on_print)
    alike, unlike = [], []
    for each in made:
        on_latent = surroundings(each.latent, each.on_latent.astype(np.float64))
        on_print = surroundings(each.print_, each.on_print.astype(np.float64))
        alike += (on_latent * on_print).mean(axis=(1, 2)).tolist()
        unlike += (on_latent * on_print[:, ::-1]).mean(axis=(1, 2)).tolist()
    assert len(alike) > 100
    assert np.mean(alike) > 3 * abs(np.mean(unlike))


@pytest.mark.usefixtures("torch_free_cores")
def test_steps_lower_the_loss_and_a_training_goes_on_to_the_bit(pool: Pool, tmp_path: Path) -> None:
    from benchmarks.training.latents.__main__ import export
    from benchmarks.training.latents.network import Leader, published_weights
    from benchmarks.training.latents.training import Plan, Training
    from models.leader.network import leader

    training = Training(Leader(published_weights()), Plan(batch=2))
    examples = batch(pool, 1, 0, 2, whole=0.5)
    losses = [sum(training.take_step(examples)) for _ in range(4)]
    assert losses == sorted(losses, reverse=True)
    training.save(tmp_path / "state.pt")
    resumed = Training.load(tmp_path / "state.pt")
    assert (resumed.step, resumed.rate) == (4, training.rate)
    assert resumed.take_step(examples) == training.take_step(examples)
    assert resumed.take_step(examples) == training.take_step(examples)
    for own, other in zip(
        (*training.mean, *training.network.parameters()), (*resumed.mean, *resumed.network.parameters()), strict=True
    ):
        np.testing.assert_array_equal(own.detach().numpy(), other.detach().numpy())
    export(resumed, tmp_path / "latents.npz")
    assert len(leader((tmp_path / "latents.npz").read_bytes())) > 1_000_000


@pytest.mark.usefixtures("torch_free_cores")
def test_a_training_of_ridges_goes_on_to_the_bit_and_the_service_runs_what_it_exports(
    pool: Pool, tmp_path: Path
) -> None:
    import torch

    from benchmarks.training.latent_ridges.training import Training
    from models.ridge_unet import ridge_unet
    from models.session import ModelSession

    training = Training(1, 100)
    examples = ridge_examples.batch(pool, ridge_examples.Targets(pool), 1, 0, 2, whole=0.5)
    losses = [training.take_step(examples)[0] for _ in range(8)]
    assert losses[-1] < losses[0]
    training.save(tmp_path / "state.pt")
    resumed = Training.load(tmp_path / "state.pt")
    assert resumed.take_step(examples) == training.take_step(examples)
    resumed.export(tmp_path / "ridges.npz")
    model = ridge_unet((tmp_path / "ridges.npz").read_bytes())
    (rows,) = ModelSession.open("ridges", "", model, threads=1).run(input=examples.images[:1])
    with torch.no_grad():
        expected = resumed.averaged()(torch.from_numpy(examples.images[:1]))[0].permute(1, 2, 0).reshape(-1, 2)
    np.testing.assert_allclose(rows, expected.numpy(), atol=0.05)


@pytest.mark.usefixtures("torch_free_cores")
def test_a_training_of_descriptions_goes_on_to_the_bit_and_the_service_runs_what_it_exports(
    pool: Pool, tmp_path: Path
) -> None:
    import torch

    from benchmarks.training.descriptors.training import Training, batch, divided
    from models.session import ModelSession
    from models.surroundings import surroundings_network

    session = latent_network().ridges
    assert session
    made = [described_examples.example(pool, session, 1, number) for number in range(1, 9)]
    used, held_out = divided(made)
    assert len(used) > len(held_out) == 1
    training = Training(1, 100)
    losses = [training.take_step(used)[0] for _ in range(8)]
    assert losses[-1] < losses[0]
    training.save(tmp_path / "state.pt")
    resumed = Training.load(tmp_path / "state.pt")
    assert resumed.take_step(used) == training.take_step(used)
    resumed.export(tmp_path / "surroundings.npz")
    squares = batch(used, random_numbers(1)).on_print
    model = surroundings_network((tmp_path / "surroundings.npz").read_bytes())
    (rows,) = ModelSession.open("surroundings", "", model, threads=1).run(input=squares)
    with torch.no_grad():
        expected = resumed.averaged()(torch.from_numpy(squares)).numpy()
    np.testing.assert_allclose(rows / np.linalg.norm(rows, axis=1, keepdims=True), expected, atol=0.01)
