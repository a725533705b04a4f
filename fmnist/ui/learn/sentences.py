"""What a network would have said of a picture at moments of its training, in a sentence."""

import itertools

from fmnist.ui.markup import likelihood

MOST = 2  # changes of mind that are told; of more, only the first and the last


def moment(epoch: int) -> str:
    """0 -> "untrained", 4 -> "after 4 epochs"."""
    return f"after {epochs(epoch)}" if epoch else "untrained"


def epochs(count: int) -> str:
    """4 -> "4 epochs"."""
    return f"{count} epoch{'s' if count > 1 else ''}"


def story(when: list[int], said: list[str], confidence: float | None) -> str:
    """The answers in their order; those that stay the same are told together.

    when: numbers of epochs, 0 for untrained
    said: the answer after each: "a 7"
    confidence: of the last one; None if that is not to be trusted
    """
    groups = [list(group) for _, group in itertools.groupby(zip(when, said, strict=True), _what)]
    sure = f"In the end it is {'not' if confidence is None else likelihood(confidence)} sure."
    if len(groups) == 1:
        return f"By chance it would have called this {said[0]} even untrained. {sure}"
    first, *between, last = groups
    until = f"Until epoch {first[-1][0]}" if len(first) > 1 else "Untrained"
    parts = [f"{until}, it would have called this {first[0][1]}"]
    parts += [f"{_when(group)}, {group[0][1]}" for group in between[:MOST]]
    if len(between) > MOST:
        parts[2:] = ["then it changed its mind again and again"]
    parts.append(f"{_from(last)}, {last[0][1]}")
    return f"{'; '.join(parts)}. {sure}"


def _what(told: tuple[int, str]) -> str:
    return told[1]


def _when(group: list[tuple[int, str]]) -> str:
    first, last = group[0][0], group[-1][0]
    return moment(first) if first == last else f"after {first} to {last} epochs"


def _from(group: list[tuple[int, str]]) -> str:
    """Of the last answer."""
    first = group[0][0]
    if len(group) == 1:
        return f"only {moment(first)}"
    return f"from epoch {first} on"
