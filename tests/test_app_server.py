"""The served demo, as programs meet it: streaming, refusals, and pictures that are those of the library."""

from __future__ import annotations

import base64
import io
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import httpx
import numpy as np
import pytest
import torch
from app_support import NAMES, awaited, save_tiny_model
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image

from app import serving
from app.presets import OPENING, within
from app.run import ScaleDone
from app.serving import Server, serve
from app.settings import Settings, silence_analytics
from app.text import CHINESE, ENGLISH
from var_core.images import SETTINGS_FORMAT, read_settings, to_pixels
from var_core.options import SamplingOptions
from var_core.pipeline import VARPipeline

SIDES = [1, 2, 3, 4, 5, 6, 8, 10, 13, 16]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    silence_analytics()
    folder = save_tiny_model(tmp_path_factory.mktemp("model"))
    pipe = VARPipeline.from_pretrained(folder, device="cpu", precision="exact")
    server = serve(Settings(model=str(folder), port=0, queue_size=4), pipe)
    yield server
    server.close()


@pytest.fixture(scope="module")
def client(server: Server) -> Client:
    return Client(server.url, verbose=False)


def pixels(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1]))))


def test_ten_scales_arrive_in_order_and_the_last_is_the_librarys_picture(server: Server, client: Client) -> None:
    job = client.submit(
        class_id=417, guidance=3, top_k=30, top_p=0.9, temperature=1.1, smooth=True, seed=11, count=3,
        api_name="/generate",
    )  # fmt: skip
    job.result(timeout=60)
    answers = job.outputs()
    assert [answer["scale"] for answer in answers] == list(range(1, 11))
    assert [answer["side"] for answer in answers] == SIDES
    assert answers[-1]["tokens"] == 680
    assert answers[0]["guidance"] == 0
    assert answers[-1]["guidance"] == 3
    assert len({answer["preview"] for answer in answers}) == 10
    assert [answer["pictures"] is None for answer in answers] == [True] * 9 + [False]
    options = SamplingOptions(guidance=3, top_k=30, top_p=0.9, temperature=1.1, smooth=True)
    expected = to_pixels(server.studio.engine.pipe.sample([417] * 3, seeds=[11, 12, 13], options=options))
    assert answers[-1]["seeds"] == [11, 12, 13]
    assert all((pixels(uri) == picture).all() for uri, picture in zip(answers[-1]["pictures"], expected, strict=True))


def test_defaults_make_one_picture_of_no_class_and_zeros_are_off(server: Server, client: Client) -> None:
    answer = client.predict(api_name="/generate")
    expected = to_pixels(server.studio.engine.pipe.sample([None], seeds=[0], options=within(OPENING, 64)))
    assert (pixels(answer["pictures"][0]) == expected[0]).all()
    answer = client.predict(guidance=0, top_k=0, top_p=0, api_name="/generate")
    off = replace(OPENING, guidance=0, top_k=None, top_p=None)
    expected = to_pixels(server.studio.engine.pipe.sample([None], seeds=[0], options=off))
    assert (pixels(answer["pictures"][0]) == expected[0]).all()


def sent(picture: np.ndarray) -> str:
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png")
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    dice = np.random.default_rng(0)
    return dice.integers(0, 256, (128, 128, 3), np.uint8)


def test_reconstruct_answers_every_scale_and_ends_with_the_librarys_picture(
    server: Server, client: Client, photo: np.ndarray
) -> None:
    job = client.submit(picture=sent(photo), api_name="/reconstruct")
    job.result(timeout=60)
    answers = job.outputs()
    pipe = server.studio.engine.pipe
    decoded = pipe.reconstruct(pipe.encode(torch.from_numpy(photo).permute(2, 0, 1)[None] / 255))
    assert [answer["side"] for answer in answers] == SIDES
    assert all(0 < answer["psnr"] < 99 for answer in answers)
    assert (pixels(answers[-1]["pictures"][0]) == to_pixels(decoded[-1])[0]).all()


def test_edit_keeps_what_it_must_and_ends_with_the_librarys_picture(
    server: Server, client: Client, photo: np.ndarray
) -> None:
    box = [0.25, 0.25, 0.75, 0.75]
    answer = client.predict(picture=sent(photo), box=box, outside=True, class_id=417, seed=4, count=2, api_name="/edit")
    pipe = server.studio.engine.pipe
    keep = torch.zeros(128, 128, dtype=torch.bool)
    keep[32:96, 32:96] = True
    picture = torch.from_numpy(photo).permute(2, 0, 1) / 255
    *_, last = pipe.edit(picture, keep, [417, 417], seeds=[4, 5], options=within(OPENING, 64))
    expected = to_pixels(pipe.decode(last.latent))
    assert answer["psnr"] is None
    assert all((pixels(uri) == one).all() for uri, one in zip(answer["pictures"], expected, strict=True))


SVG = "data:image/svg+xml;base64," + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        ("https://example.com/a.png", "its base64 is damaged"),
        ("file:///etc/passwd", "its base64 is damaged"),
        ("", "must be a data URI"),
        (None, "got None"),
        ("data:text/html;base64,PGI+", "must be a data URI"),
        (SVG, "no picture of a known kind"),
        (base64.b64encode(b"PNG").decode(), "no picture of a known kind"),
        (sent(np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8))[:4022], "damaged"),
    ],
)
def test_a_bad_picture_is_refused(client: Client, picture: object, message: str) -> None:
    with pytest.raises(AppError, match="The picture cannot be used") as refusal:
        client.predict(picture=picture, api_name="/reconstruct")
    assert message in str(refusal.value)


@pytest.mark.parametrize(
    "values", [{"box": [0, 0, 0, 1]}, {"box": [0, 0, 1]}, {"box": "all"}, {"box": [0, 0, 1, 2]}, {"outside": 1}]
)
def test_a_bad_box_is_refused(client: Client, photo: np.ndarray, values: dict) -> None:
    with pytest.raises(AppError, match=r"The picture cannot be used: (box|outside) must"):
        client.predict(**{"picture": sent(photo), "box": [0, 0, 1, 0.5], **values}, api_name="/edit")


def test_models_are_listed_and_one_that_is_not_there_is_refused(client: Client) -> None:
    (model,) = client.predict(api_name="/models")
    assert (model["name"], model["here"], model["loaded"], model["download_bytes"]) == ("tiny", True, True, 0)
    assert (model["side"], model["scales"], model["classes"]) == (128, SIDES, 4)
    for name in ("/generate", "/classes"):
        with pytest.raises(AppError, match="Model must be one of this server"):
            client.predict(model="<b>d99</b>", api_name=name)


def test_the_documented_examples_run(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (Path(serving.__file__).parent / "API.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)).replace("http://127.0.0.1:7860", server.url)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "API.md", "exec"), {})
    said = capsys.readouterr().out
    assert "10 16×16" in said
    assert "火山" in said
    assert Image.open("volcano.png").size == (128, 128)


def test_classes_are_listed(client: Client) -> None:
    listed = client.predict(api_name="/classes")
    assert {answer["class_id"]: answer["chinese"] for answer in listed}[980] == "火山"
    assert {answer["class_id"]: answer["name"] for answer in listed} == NAMES


def test_only_the_named_endpoints_are_offered(client: Client) -> None:
    api = client.view_api(return_format="dict", print_info=False)
    assert set(api["named_endpoints"]) == {"/generate", "/reconstruct", "/edit", "/classes", "/models"}
    assert not api["unnamed_endpoints"]
    names = [parameter["parameter_name"] for parameter in api["named_endpoints"]["/generate"]["parameters"]]
    assert names == ["class_id", "guidance", "top_k", "top_p", "temperature", "smooth", "seed", "count", "model"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"class_id": -1}, "Class must be null"),
        ({"class_id": "<b>x</b>"}, "got '<b>x</b>'"),
        ({"guidance": 11}, "Guidance must be a number from 0 to 10, got 11."),
        ({"guidance": None}, "Guidance must be a number from 0 to 10, got None."),
        ({"top_k": 65}, "Top-k must be a whole number from 0 to 64, got 65."),
        ({"top_p": "0.5"}, "Top-p must be a number from 0 to 1, got '0.5'."),
        ({"seed": 2**70}, "Seed must be a whole number from 0 to 4294967295, got 1180591620717411303424."),
        ({"count": 9}, "Pictures must be a whole number from 1 to 8, got 9."),
        ({"smooth": 1}, "Smooth must be true or false, got 1."),
        ({"temperature": True}, "Temperature must be a number from 0.1 to 2, got True."),
    ],
)
def test_bad_values_are_refused_with_a_message_and_the_next_call_works(
    client: Client, values: dict[str, object], message: str
) -> None:
    with pytest.raises(AppError) as refusal:
        client.predict(**values, api_name="/generate")
    assert message in str(refusal.value)
    assert client.predict(api_name="/generate")["scale"] == 10


def join(server: Server, **body: object) -> httpx.Response:
    return httpx.post(f"{server.url}gradio_api/queue/join", json={"session_hash": "s", **body}, timeout=20)


def end_of(server: Server, session: str) -> dict:
    with httpx.stream(
        "GET", f"{server.url}gradio_api/queue/data", params={"session_hash": session}, timeout=30
    ) as lines:
        for line in lines.iter_lines():
            if line.startswith("data:"):
                message = json.loads(line[5:])
                if message["msg"] in ("process_completed", "unexpected_error"):
                    return message
    raise AssertionError("the stream ended without an end")


def event(server: Server, name: str) -> int:
    return next(index for index, fn in server.page.fns.items() if getattr(fn.fn, "__qualname__", "").endswith(name))


def test_not_a_number_in_raw_json_is_refused_too(server: Server) -> None:
    index = event(server, "api_view.<locals>.generate")
    data = b'{"data": [980, NaN, 30, 0.9, 1, false, 0, 1, ""], "fn_index": %d, "session_hash": "nan"}' % index
    headers = {"content-type": "application/json"}
    assert httpx.post(f"{server.url}gradio_api/queue/join", content=data, headers=headers).status_code == 200
    assert end_of(server, "nan")["output"]["error"] == "Guidance must be a number from 0 to 10, got nan."


@pytest.mark.parametrize("name", ["api_view.<locals>.generate", "_connect_runs.<locals>.develop"])
def test_the_queue_cannot_be_bypassed(server: Server, name: str) -> None:
    index = event(server, name)
    for path in ("run/predict", "api/predict", "run/generate", "api/generate"):
        answer = httpx.post(f"{server.url}gradio_api/{path}", json={"data": [None] * 11, "fn_index": index})
        assert answer.status_code >= 400


def test_the_pages_own_event_refuses_raw_values_by_the_same_rules(server: Server) -> None:
    index = event(server, "_connect_runs.<locals>.develop")
    data = [980, "strong", 30, 0.9, 1, False, 1, 0, "", False, "zh"]
    assert join(server, session_hash="raw", fn_index=index, data=data).status_code == 200
    end = end_of(server, "raw")
    assert end["success"] is False
    assert end["output"]["error"] == "引导强度必须是 0 到 10 之间的数，收到的是 'strong'。"


def test_arguments_beyond_the_last_change_nothing(server: Server) -> None:
    index = event(server, "api_view.<locals>.generate")
    values = [980, 4, 30, 0.9, 1, False, 0, 1, ""]
    for session, data in (("exact", values), ("more", [*values, "more", 10**9])):
        assert join(server, session_hash=session, fn_index=index, data=data).status_code == 200
    exact, more = (end_of(server, session)["output"]["data"][0] for session in ("exact", "more"))
    assert exact["pictures"] == more["pictures"]


def test_an_exception_in_the_model_leaks_nothing_and_the_next_request_works(
    server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("/secret/path token=abc")

    with monkeypatch.context() as patch:
        patch.setattr(server.studio.engine.pipe, "decode", broken)
        with pytest.raises(AppError) as refusal:
            client.predict(api_name="/generate")
    assert "went wrong on our side" in str(refusal.value)
    assert "secret" not in str(refusal.value)
    assert "Traceback" not in str(refusal.value)
    assert client.predict(api_name="/generate")["scale"] == 10


def test_a_full_line_is_refused_kindly_and_others_are_served(server: Server, client: Client) -> None:
    held = threading.Event()

    class Slow:
        def stream(self, pipe: VARPipeline) -> Iterator[object]:
            held.wait(30)
            return iter(())

    runs = [server.studio.engine.submit(Slow()) for _ in range(1)]
    while server.studio.engine._waiting:
        pass
    runs += [server.studio.engine.submit(Slow()) for _ in range(4)]
    try:
        with pytest.raises(AppError, match="The line is full right now"):
            client.predict(api_name="/generate")
    finally:
        held.set()
        for run in runs:
            list(run)
    assert client.predict(api_name="/generate")["scale"] == 10


def test_a_crowd_that_comes_at_once_is_refused_in_our_words_and_some_are_served(server: Server) -> None:
    index = event(server, "_connect_runs.<locals>.develop")
    data = [980, 4, 30, 0.9, 1, False, 1, 0, "", False, "zh"]

    def visit(number: int) -> str:
        answer = join(server, session_hash=f"crowd-{number}", fn_index=index, data=data)
        if answer.status_code != 200:
            return f"{answer.status_code} {answer.text}"
        end = end_of(server, f"crowd-{number}")
        return "served" if end["success"] else end["output"]["error"]

    with ThreadPoolExecutor(40) as crowd:
        told = set(crowd.map(visit, range(40)))
    assert told == {"served", CHINESE.busy}


def test_a_client_that_cancels_frees_the_model(server: Server, client: Client) -> None:
    job = client.submit(count=4, api_name="/generate")
    while not job.outputs() and not job.done():
        pass
    job.cancel()
    assert client.predict(api_name="/generate")["scale"] == 10


def test_the_example_is_finished_and_the_same_for_all(server: Server) -> None:
    first, second = awaited(server.studio.example()), awaited(server.studio.example())
    assert first is second
    assert first.value["state"] == "example"
    assert len(first.value["frames"]) == 10
    assert first.files is not None
    request = server.studio.limits.example()
    *_, last = (event for event in server.studio.engine.submit(request) if isinstance(event, ScaleDone))
    assert (np.asarray(Image.open(io.BytesIO(first.files.picture.data))) == last.pixels[0]).all()


def test_updates_for_the_page_end_with_a_file_that_knows_how_it_was_made(server: Server, tmp_path: Path) -> None:
    request = server.studio.request(
        class_id=980, guidance=4, top_k=20, top_p=0.9, temperature=1, smooth=False, seed=3, count=2, new_seed=False
    )

    async def read() -> list:
        return [update async for update in server.studio.updates(request, "someone")]

    updates = awaited(read())
    states = [update.value["state"] for update in updates]
    assert states[-2:] == ["finished", "finished"]  # the second time with the files
    assert set(states[:-2]) <= {"working", "waiting"}
    assert [update.files is not None for update in updates] == [False] * (len(updates) - 1) + [True]
    grid = np.asarray(Image.open(io.BytesIO(updates[-1].files.picture.data)))
    expected = to_pixels(server.studio.engine.pipe.sample([980, 980], seeds=[3, 4], options=request.options))
    assert (grid == np.concatenate(list(expected), axis=1)).all()
    assert updates[-1].files.picture.name == "var-class-980-seed-3.png"
    file = tmp_path / updates[-1].files.picture.name
    file.write_bytes(updates[-1].files.picture.data)
    settings = read_settings(file)
    assert (settings["format"], settings["classes"], settings["seeds"]) == (SETTINGS_FORMAT, [980], [3, 4])
    assert SamplingOptions(**settings["options"]) == request.options
    assert (settings["model"], settings["precision"]) == ("tiny", "exact")


def test_a_new_seed_is_drawn_in_range_and_told(server: Server) -> None:
    values = {"class_id": None, "guidance": 4, "top_k": 20, "top_p": 0.9, "temperature": 1, "smooth": False, "count": 1}
    seeds = {server.studio.request(new_seed=True, seed="nonsense", **values).seed for _ in range(20)}
    assert len(seeds) == 20
    assert all(0 <= seed < 2**32 for seed in seeds)


@pytest.mark.parametrize("path", ["", "?v=1&class=980"])
def test_the_page_tells_other_sites_its_own_name_once(server: Server, path: str) -> None:
    answer = httpx.get(server.url + path)
    tags = re.findall(r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)"', answer.text)
    assert len(tags) == len(dict(tags)) == 4
    assert dict(tags)["og:title"] == ENGLISH.title
    assert "window.gradio_config" in answer.text
    assert httpx.get(f"{server.url}gradio_api/info").json()["named_endpoints"]


def test_names_of_a_hostile_model_are_inert_in_the_page(server: Server) -> None:
    page = httpx.get(server.url).text
    assert "<img src=x onerror" not in page
