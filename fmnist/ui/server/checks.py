"""Check each value that handlers get, as its component requires, and let clients take turns."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import gradio as gr
from gradio.block_function import BlockFunction
from gradio.blocks import Block

from fmnist.pictures.opening import PictureError
from fmnist.ui.server import uploads
from fmnist.ui.server.lines import Line
from fmnist.ui.server.requests import API_PAGE, answers_drawings, client_of
from fmnist.ui.server.sessions import EVENTS, MOST

log = logging.getLogger(__name__)

DRAWINGS = 4  # answered at a time
OTHERS = 2  # at a time; they take longer, and must leave half of two cores to drawings

Component = TypeVar("Component", bound=Block)
# Turns what a caller sends into what the handler gets; raises PictureError if it is invalid.
Check = Callable[[object], Any]


def checked(component: Component, check: Check) -> Component:
    """The component, with a check for the values that callers send for it."""
    component.check = check  # type: ignore[attr-defined]
    return component


def upload(**kwargs: object) -> gr.Image:
    """An upload component; its handler receives the picture that `uploads.picture` returns."""
    return gr.Image(type="filepath", image_mode=None, **kwargs)  # type: ignore[arg-type]


def choice(radio: gr.Radio, value: object) -> str:
    """The value, if it is one of the choices; raises PictureError otherwise."""
    choices = [str(choice) for _, choice in radio.choices]
    if not isinstance(value, str) or value not in choices:
        raise PictureError(
            f"“{radio.label}” cannot be {repr(value)[:40]}: choose one of {', '.join(choices)}."
        )
    return value


class Page(gr.Blocks):
    """Blocks that trust no caller, and starve none.

    Drawings wait in one line, slower calls in another, files in a third. In each line, clients take
    turns.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.state_session_capacity = MOST + 1  # one more for UNQUEUED, which all share
        self.max_threads = EVENTS  # gradio's queue must not limit calls: clients take turns here
        self.drawings, self.others = Line(DRAWINGS), Line(OTHERS)

    def get_config_file(self) -> Any:
        """gradio's, without the connection that every visitor would needlessly hold open."""
        return super().get_config_file() | {"connect_heartbeat": False}

    def verify(self) -> None:
        """Raises TypeError if a handler could get a value that is not checked."""
        for function in self.fns.values():
            for component in function.inputs if function.fn else ():
                known = isinstance(component, gr.Image | gr.Radio)
                if not known and not hasattr(component, "check"):
                    raise TypeError(
                        f"There is no check for what is sent to {function.name} for {component}: "
                        "give one by fmnist.ui.server.checks.checked."
                    )

    async def preprocess_data(
        self,
        block_fn: BlockFunction,
        inputs: list[Any],
        state: Any,
        explicit_call: bool = False,
    ) -> list[Any]:
        """The inputs unchanged: `process_api` has already turned them into what handlers get.

        gradio's version would copy or download files that the caller names, and keep all values.
        """
        return inputs

    async def process_api(
        self,
        block_fn: Any,
        inputs: list[Any],
        state: Any = None,
        request: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Every call of a handler comes through here: from the page, the queue and the API."""
        try:
            client = client_of(request)
            values = await self._accepted(block_fn, inputs, state, client)
            line = self.drawings if answers_drawings(block_fn) else self.others
            async with line.turn(client):
                return await super().process_api(block_fn, values, state, request, *args, **kwargs)
        except PictureError as error:
            log.warning("Refused: %s", error)
            raise gr.Error(str(error), print_exception=False) from None
        except Exception:
            log.exception("This should not happen; it is a bug in the program:")
            raise gr.Error(
                "Something went wrong on the server: try again, or try another picture.",
                print_exception=False,
            ) from None

    async def _accepted(
        self, block_fn: BlockFunction, inputs: list[Any], state: Any, client: str
    ) -> list[Any]:
        """The caller's values, as their components accept them."""
        if len(inputs) != len(block_fn.inputs):
            raise PictureError(
                f"This takes {len(block_fn.inputs)} values, not {len(inputs)}: see {API_PAGE}."
            )
        values: list[Any] = []
        for component, value in zip(block_fn.inputs, inputs, strict=True):
            if isinstance(component, gr.Image):
                once = block_fn.api_visibility != "private"  # API callers upload it anew each time
                try:
                    values.append(await uploads.picture(value, client, once))
                except PictureError as error:
                    if once:
                        raise
                    values.append(error)  # the page shows it instead of an answer
            elif isinstance(component, gr.Radio):
                values.append(choice(state[component._id], value))
            else:
                values.append(component.check(value))  # type: ignore[union-attr]  # by `verify`
        return values
