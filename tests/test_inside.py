"""“Look inside”: what the handler tells, and the page in headless Chromium, wide and narrow."""

import base64
import re
import zlib

import gradio as gr
import numpy as np
import pytest
from browser import draw
from playwright.sync_api import expect
from test_page import SEVEN
from test_strangers import is_sentence, quiet  # noqa: F401

from fmnist import datasets, impressions, inference, people, runs
from fmnist.ui import inside

THREE = [(0.3, 0.2), (0.6, 0.15), (0.68, 0.3), (0.5, 0.47), (0.7, 0.6), (0.65, 0.82), (0.3, 0.85)]
SIZES = {"wide": (1280, 900), "narrow": (375, 812)}


def sent(image):
    return base64.b64encode(image.tobytes()).decode()


def unpacked(text):
    return np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)


@pytest.fixture(scope="module")
def look(server):
    """What the running app tells of a test image."""

    def look(dataset, network, number=0, **asked):
        pixels = sent(datasets.test_set(dataset).pixels[number])
        good, told = server.ask("look", dataset, network, event_data={"pixels": pixels} | asked)
        assert good, told
        return told[0]

    return look


def test_every_map_of_the_small_network_is_told(look):
    told = look("mnist", "small")
    forward = inference.served_network("mnist", "small")
    image = datasets.test_set("mnist").pixels[:1]
    outputs = [output[0] for _, output in forward.activations(image)]
    layers = {layer["index"]: layer for layer in told["layers"]}
    assert [layer["of"] for layer in layers.values()] == [34, 34, 22, 12, 95, 40, 24]
    for index, layer in layers.items():
        values = unpacked(layer["values"]).reshape(-1, *layer["size"])
        output = outputs[index]
        expected = output.transpose(2, 0, 1) if output.ndim == 3 else output[:, None, None]
        np.testing.assert_allclose(values / 255, expected / expected.max(), atol=0.003)
    assert np.argmax(told["evidence"]) == 7


def test_of_512_maps_the_strongest_are_told_and_all_on_demand(look):
    some, every = (look("mnist", "large", all=all)["layers"][2] for all in (False, True))
    assert (len(some["maps"]), len(every["maps"]), every["of"]) == (32, 512, 512)
    maxima = unpacked(every["values"]).reshape(512, -1).max(axis=1)
    assert maxima[some["maps"]].min() >= np.delete(maxima, some["maps"]).max()


def test_a_chosen_map_tells_its_filter_and_who_makes_it_fire(look):
    told = look("mnist", "small", map=[2, 5])["filter"]
    kernel = inference.served_network("mnist", "small").layers[2].weights[0][:, :, 0, 5]
    weights = unpacked(told["weights"]).reshape(3, 3).astype(int) - 128
    np.testing.assert_allclose(weights / 127, kernel / np.abs(kernel).max(), atol=0.01)
    held = impressions.of_served("mnist", "small").strongest[0]
    assert [image["number"] for image in told["images"]] == held.images[5].tolist()
    pooled = look("mnist", "small", map=[3, 5])["filter"]  # the same map, made smaller
    assert pooled["weights"] == told["weights"]


@pytest.mark.parametrize("number", [[999, 0], [2, 34], [-1, 0], [2, -1], [8, 0]])
def test_a_map_of_another_network_is_passed_over(look, number):
    assert look("mnist", "small", map=number)["filter"] is None


def test_who_is_alike_are_the_nearest_of_the_answer_and_of_its_rival(look):
    told = look("mnist", "small", why=True, rival=2)["why"]
    assert told["classes"] == [7, 2]
    for label, images in zip("72", told["alike"], strict=True):
        assert {image["label"] for image in images} == {label}
        cosines = [image["cosine"] for image in images]
        assert cosines == sorted(cosines, reverse=True)
    itself = told["alike"][0][0]
    assert (itself["number"], itself["cosine"]) == (0, 1)
    assert unpacked(told["saliency"]).shape == (2 * 784,)
    runner_up = look("mnist", "small", why=True)["why"]["classes"][1]
    probabilities = inference.predictor("mnist", "small")(datasets.test_set("mnist").pixels[:1])[0]
    assert runner_up == probabilities.argsort()[-2]


def test_of_two_cut_outs_it_explains_the_answer_to_both(server):
    photos = people.load("photos", "validation")
    predict = inference.predictor("fashion_mnist", "large")
    answers, alone = (predict(shown).argmax(axis=1) for shown in (photos.views, photos.pixels))
    number = np.flatnonzero(answers != alone)[0]
    event = {"pixels": sent(photos.views[number]), "why": True}
    good, told = server.ask("look", "fashion_mnist", "large", event_data=event)
    assert good and told[0]["why"]["classes"][0] == answers[number]
    assert unpacked(told[0]["why"]["pixels"]).tobytes() == photos.pixels[number].tobytes()


def test_without_the_file_of_the_test_images_a_sentence_says_so(monkeypatch):
    def missing(dataset, network):
        raise runs.RunError("It is missing.")

    monkeypatch.setattr(impressions, "of_served", missing)

    pixels = sent(datasets.test_set("mnist").pixels[0])
    event = gr.EventData(None, {"pixels": pixels, "why": True, "map": [2, 0]})
    told = inside.look("mnist", "small", event)
    assert told["problem"] == inside.MISSING and told["layers"]


IMAGE = base64.b64encode(bytes(784)).decode()


EVENTS = {
    "nothing": None,
    "list": [],
    "text": "x",
    "empty": {},
    "number": {"pixels": 7},
    "not ASCII": {"pixels": "ü" * 1048},
    "long": {"pixels": "A" * 100_000},
    "short": {"pixels": IMAGE[:-8]},
    "no image": {"pixels": ""},
    "three images": {"pixels": base64.b64encode(bytes(3 * 784)).decode()},
    "list of images": {"pixels": [IMAGE]},
    "map of one number": {"pixels": IMAGE, "map": [2]},
    "map as text": {"pixels": IMAGE, "map": "23"},
    "map of bool": {"pixels": IMAGE, "map": [2, True]},
    "map of fractions": {"pixels": IMAGE, "map": [2, 1.5]},
    "class 10": {"pixels": IMAGE, "rival": 10, "why": True},
    "class -1": {"pixels": IMAGE, "rival": -1},
    "class as text": {"pixels": IMAGE, "rival": "7"},
    "class as bool": {"pixels": IMAGE, "rival": True},
}


@pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)
def test_anything_else_is_refused_with_a_sentence(server, event, quiet):  # noqa: F811
    good, said = server.ask("look", "mnist", "small", event_data=event)
    assert not good and is_sentence(said)


def open_inside(page):
    page.locator("#inside summary").click()
    expect(page.locator("#inside .why")).to_be_visible(timeout=20_000)


@pytest.fixture(params=SIZES)
def page(visit, request):
    """The page with a drawn three, looked inside of by the small network."""
    page = visit(size=SIZES[request.param])
    page.get_by_label("Small network").check()
    draw(page, THREE)
    open_inside(page)
    return page


def painted(canvas):
    """How much of a canvas is painted, from 0 to 1."""
    return canvas.evaluate(
        """canvas => {
            const { width, height } = canvas;
            const data = canvas.getContext("2d").getImageData(0, 0, width, height).data;
            const opaque = data.filter((value, index) => index % 4 === 3 && value > 128);
            return opaque.length / width / height;
        }"""
    )


def test_closed_it_asks_for_nothing(visit):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.post_data or ""))
    draw(page, THREE)
    assert asked and not any("pixels" in data for data in asked)
    open_inside(page)
    assert any("pixels" in data for data in asked)


def test_layers_follow_the_drawing(page):
    section = page.locator("#inside .layers")
    expect(section.locator("h4")).to_have_text(
        [
            "Convolution 1: 34 maps of 26×26",
            "Pooling: 34 maps of 13×13",
            "Convolution 2: 22 maps of 11×11",
            "Convolution 3: 12 maps of 9×9",
            "Dense layer 1: 95 units",
            "Dense layer 2: 40 units",
            "Dense layer 3: 24 units",
            "Output: ten logits",
        ]
    )
    expect(section.locator(".logits .best th")).to_have_text("3")
    first = section.locator("canvas").first
    before = first.evaluate("canvas => canvas.toDataURL()")
    assert 0.01 < painted(first) < 0.9
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#inside .empty")).to_be_visible()
    expect(page.locator("#inside details")).to_have_attribute("open", "")
    draw(page, SEVEN)
    expect(section.locator(".logits .best th")).to_have_text("7")
    assert first.evaluate("canvas => canvas.toDataURL()") != before
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_map_is_chosen_by_pointer_and_by_keyboard(page):
    tiles = page.locator('#inside [data-index="2"] .tiles')
    tiles.locator("canvas").click(position={"x": 70, "y": 20})
    chosen = page.locator("#inside .filter")
    expect(chosen.get_by_role("heading")).to_have_text("Map 2")
    expect(chosen.locator("canvas")).to_have_count(11)  # filter, image, and nine test images
    expect(chosen).to_contain_text("The test images that make it fire most")
    slider = tiles.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(chosen.get_by_role("heading")).to_have_text("Map 3")
    columns = int(slider.evaluate("slider => slider.value"))
    page.keyboard.press("ArrowDown")
    expect(chosen.get_by_role("heading")).not_to_have_text("Map 3")
    assert int(slider.evaluate("slider => slider.value")) > columns + 1
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"Map \d+, peaking at \d+"))


def test_all_maps_of_the_large_network_come_on_demand(visit):
    page = visit()
    draw(page, THREE)
    open_inside(page)
    tiles = page.locator('#inside [data-index="5"] .tiles')
    few = tiles.bounding_box()["height"]
    page.get_by_role("button", name="Show all 512 maps").click()
    page.get_by_role("button", name="Show only the strongest").wait_for()
    expect(tiles.get_by_role("slider")).to_have_attribute("max", "511")
    assert tiles.bounding_box()["height"] > 5 * few


def test_any_class_can_be_the_rival(page):
    why = page.locator("#inside .why")
    expect(why.locator("strong")).to_have_text("3")
    assert all(painted(canvas) > 0.005 for canvas in why.locator("canvas").all())
    why.get_by_label("Rather than what").select_option("0")
    expect(why.locator("figcaption").last).to_contain_text("Evidence for 0:")
    expect(page.locator("#inside .alike h4")).to_have_text(
        ["Most similar among “3”", "Most similar among “0”"]
    )
    expect(page.get_by_role("img", name=re.compile("Test image .*: 0"))).to_have_count(6)
    over_image = why.locator("canvas").first.evaluate("canvas => canvas.toDataURL()")
    why.get_by_label("your picture").check()
    page.wait_for_function(
        "before => document.querySelector('#inside .why canvas').toDataURL() !== before",
        arg=over_image,
    )


def test_a_photo_is_looked_into_too(visit):
    page = visit()
    page.get_by_role("button", name="Example: Ankle boot").click()
    page.locator("#answer .steps").wait_for()
    open_inside(page)
    expect(page.locator("#inside .why strong")).to_have_text("Ankle boot")
    page.locator("#inside .why").get_by_label("your picture").check()
    assert painted(page.locator("#inside .why canvas").first) > 0.005


def test_what_is_inside_of_a_drawing_is_not_shown_with_a_photo(page):
    body, held = page.locator("#inside .body"), []
    expect(body.locator(".why strong")).to_have_text("3")

    def hold(route):
        asks = '"pixels"' in (route.request.post_data or "")
        held.append(route) if asks else route.continue_()

    page.route("**/gradio_api/**", hold)
    with page.expect_request(lambda request: '"pixels"' in (request.post_data or "")):
        page.get_by_role("button", name="Example: Ankle boot").click()
        page.locator("#answer .steps").wait_for()
    expect(body).to_be_hidden()
    for route in held:
        route.continue_()
    page.unroute("**/gradio_api/**")
    expect(body.locator(".why strong")).to_have_text("Ankle boot")
    expect(body.locator(".why")).to_be_visible()


def test_everything_inside_is_reached_with_the_tab_key_and_has_a_name(page):
    page.locator("#inside summary").focus()
    names = []
    for _ in range(9):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                """() => {
                    const at = document.activeElement;
                    return at.getAttribute("aria-label") || at.innerText.trim()
                        || [...(at.labels ?? [])].map((label) => label.innerText.trim()).join();
                }"""
            )
        )
    assert names[:3] == ["Rather than what", "what the network sees", "arXiv\u00a01703.01365"]
    assert [name.split(":")[0] for name in names[3:7]] == [
        "Convolution 1",
        "Pooling",
        "Convolution 2",
        "Convolution 3",
    ]
