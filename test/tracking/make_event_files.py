"""Makes the files of event-files/: pip install tensorboard==2.21.0 tensorboardX==2.6.5, then python make_event_files.py."""

import pathlib
import shutil

import numpy as np
import tensorboard.summary
from tensorboardX import SummaryWriter

here = pathlib.Path(__file__).parent / "event-files"
shutil.rmtree(here, ignore_errors=True)


def keep(folder, name):
    (found,) = (here / folder).glob("events.out.tfevents.*")
    found.rename(here / name)
    (here / folder).rmdir()


with SummaryWriter(str(here / "x")) as writer:
    for step in range(3):
        writer.add_scalar("loss/train", 1 / (step + 1), step, walltime=1_700_000_000 + step)
    writer.add_scalar("broken", float("nan"), 0, walltime=1_700_000_000)
    writer.add_histogram("weights", np.arange(10), 0)
    writer.add_text("note", "<b>hello</b>", 0)
    writer.add_image("picture", np.zeros((3, 2, 2), dtype=np.uint8), 0)
keep("x", "tensorboardx.tfevents")

writer = tensorboard.summary.Writer(str(here / "t"))
for step in range(3):
    writer.add_scalar("accuracy", 0.1 * (step + 1), step)
writer.add_scalar("learning rate", np.float64(0.001), 7)
writer.close()
keep("t", "tensor-scalars.tfevents")
