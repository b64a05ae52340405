"""Work in the background: how far it is, stopping, what is left of it when the program ends."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from tutela.errors import TutelaError, Unusable, problem
from tutela.store import jobs
from tutela.store.models import Job

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "EVERY", 0.02)


def until(true: Callable[[], bool]) -> None:
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("it never came about")


def test_a_job_tells_how_far_it_is_and_keeps_what_came_of_it() -> None:
    go = threading.Event()

    def work(progress: jobs.Progress) -> dict[str, int]:
        progress("Reading list.csv", 25, 100)
        assert go.wait(20)
        return {"import": 7}

    number = jobs.start("import", "ana", work, {"next": "/imports/"})
    until(lambda: jobs.standing(number).done == 25)
    stands = jobs.standing(number, "ana")
    assert (stands.state, stands.doing, stands.percent, stands.ended) == ("running", "Reading list.csv", 25, False)
    go.set()
    jobs.wait(number, 20)
    stands = jobs.standing(number)
    assert stands.state == "done" and stands.result == {"import": 7} and stands.arguments["next"] == "/imports/"
    assert jobs.latest("ana", "import", "/imports/").id == number and jobs.latest("ben", "import", "/imports/") is None


def test_stopping_raises_in_the_work_at_its_next_step() -> None:
    written = []

    def work(progress: jobs.Progress) -> dict[str, int]:
        for n in range(10_000):
            time.sleep(0.005)
            progress("Writing", n, None)
        written.append(True)
        return {}

    number = jobs.start("import", "ana", work)
    with pytest.raises(TutelaError, match="job-unknown"):
        jobs.stop(number, "ben")
    jobs.stop(number, "ana")
    jobs.wait(number, 20)
    stands = jobs.standing(number)
    assert stands.state == "cancelled" and stands.problem["code"] == "job-stopped" and not written


def test_stopping_from_another_process_works_by_the_row_alone() -> None:
    def work(progress: jobs.Progress) -> dict[str, int]:
        for n in range(10_000):
            time.sleep(0.005)
            progress("Writing", n, None)
        return {}

    number = jobs.start("import", "ana", work)
    Job.objects.filter(pk=number).update(cancel=True)
    jobs.wait(number, 20)
    assert jobs.standing(number).state == "cancelled"


def test_a_coded_error_is_kept_and_a_fault_of_ours_is_told_without_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    def refused(progress: jobs.Progress) -> dict[str, int]:
        raise Unusable(problem("job-unknown", value="x"))

    def broken(progress: jobs.Progress) -> dict[str, int]:
        raise ZeroDivisionError("secret path")

    first, second = jobs.start("import", "ana", refused), jobs.start("import", "ana", broken)
    jobs.wait(first, 20)
    jobs.wait(second, 20)
    assert jobs.standing(first).state == "failed" and jobs.standing(first).problem["code"] == "job-unknown"
    found = jobs.standing(second).problem
    assert found["code"] == "job-failed" and "ZeroDivisionError" in found["message"] and "secret" not in str(found)
    assert "ZeroDivisionError" in caplog.text


def test_a_job_that_the_program_s_end_cut_off_is_marked_as_failed() -> None:
    job = Job.objects.create(kind="import", actor="ana", state="running", arguments={"beat": time.time() - jobs.SILENT - 1})
    stands = jobs.standing(job.pk)
    assert stands.state == "failed" and stands.problem["code"] == "job-interrupted" and stands.ended
    assert Job.objects.get(pk=job.pk).state == "failed"


def test_a_job_that_still_gives_signs_of_life_elsewhere_is_left_alone() -> None:
    job = Job.objects.create(kind="import", actor="ana", state="running", arguments={"beat": time.time()})
    assert jobs.standing(job.pk).state == "running"


def test_there_is_no_such_job() -> None:
    with pytest.raises(TutelaError, match="job-unknown"):
        jobs.standing(999_999)
