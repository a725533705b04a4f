"""What a network answered while it learned."""

import numpy as np
import pytest

from fmnist.data import datasets
from fmnist.inference import classify, moments, test_answers
from fmnist.runs import records
from fmnist.ui.learn import sentences

SOME = slice(None, None, 100)  # a hundred of the test images


@pytest.fixture(params=datasets.DATASETS)
def run(request):
    return records.served_run(request.param, "small")


@pytest.fixture
def images(run):
    return datasets.test_set(run.dataset).pixels[SOME]


@pytest.mark.parametrize("drawn", [False, True])
def test_the_last_moment_answers_as_the_shipped_network_does(run, images, drawn):
    then = moments.of_served(run.dataset, run.network)
    last = moments.answers(run, then, images, drawn=drawn)[-1]
    shipped = classify.predictor(run.dataset, run.network, drawn=drawn)(images)
    np.testing.assert_allclose(last, shipped, atol=0.01)  # of float16, the worst differs by 0.004
    assert (last.argmax(axis=1) == shipped.argmax(axis=1)).all()


def test_at_first_it_guesses_and_then_it_is_right_ever_more_often(run):
    truth = datasets.test_set(run.dataset).labels
    right = (test_answers.of_served(run.dataset, run.network).learned == truth).mean(axis=1)
    assert (np.diff(right) > -0.005).all()  # early ones go a little back and forth
    assert right[0] < 0.15 and right[1] > 0.85 and right[-1] == right.max()
    assert right[-1] == pytest.approx(run.test["accuracy"], abs=0.001)


def test_untrained_nothing_is_likelier_than_chance(run, images):
    untrained = moments.answers(run, moments.of_served(run.dataset, run.network), images)[0]
    assert untrained.min() > 0.05 and untrained.max() < 0.15


def test_the_shipped_file_holds_what_each_moment_says(run, images):
    then = moments.of_served(run.dataset, run.network)
    assert list(then) == run.recipe.kept_epochs
    learned = test_answers.of_served(run.dataset, run.network).learned[:, SOME]
    found = moments.answers(run, then, images).argmax(axis=2)
    assert (found == learned).mean() > 0.995  # where two are as likely, processors differ


def test_of_a_run_that_kept_none_there_are_none():
    large = records.served_run("mnist", "large")
    assert not moments.networks(large)
    assert not len(test_answers.of_served("mnist", "large").learned)


EPOCHS = [0, 1, 2, 3, 4, 6, 8, 11, 16]
STORIES = {
    "199777777": "Untrained, it would have called this a 1; after 1 to 2 epochs, a 9; "
    "from epoch 3 on, a 7.",
    "177777777": "Untrained, it would have called this a 1; from epoch 1 on, a 7.",
    "119777777": "Until epoch 1, it would have called this a 1; after 2 epochs, a 9; "
    "from epoch 3 on, a 7.",
    "199999997": "Untrained, it would have called this a 1; after 1 to 11 epochs, a 9; "
    "only after 16 epochs, a 7.",
    "121212127": "Untrained, it would have called this a 1; after 1 epoch, a 2; then it changed "
    "its mind again and again; only after 16 epochs, a 7.",
    "777777777": "By chance it would have called this a 7 even untrained.",
}


@pytest.mark.parametrize("said", STORIES)
def test_what_it_would_have_said_is_one_sentence(said):
    story = sentences.story(EPOCHS, [f"a {digit}" for digit in said], 0.987)
    assert story == f"{STORIES[said]} In the end it is 98.7\u00a0% sure."
    unsure = sentences.story(EPOCHS, [f"a {digit}" for digit in said], None)
    assert unsure == f"{STORIES[said]} In the end it is not sure."
