"""What cannot be undone is asked once more: a page that says what happens, and a second button. Without script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def ask_once_more(request: HttpRequest, *, title: str, words: str, button: str, back: str) -> HttpResponse | None:
    """The page that asks, to be answered to the same address; None once it was answered there.

    `words` say what happens, `button` does it, `back` is the address of the page that was left.
    """
    if request.POST.get("sure") == "yes":
        return None
    return render(request, "externships/sure.html", {"title": title, "words": words, "button": button, "back": back})
