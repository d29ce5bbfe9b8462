# %% [markdown]
# # A campaign in a notebook
# The campaign of the [tutorial](tutorial.md), looked at from Python. Cells are marked as Jupyter (with jupytext),
# VS Code and Spyder understand them; run as a script it prints what each cell would show. Reading a history locks
# nothing and changes nothing: the campaign may be running.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import loop

study = loop.Study("workspace/histories/tutorial")
print(study)  # a notebook shows `study` itself as a table

# %% [markdown]
# ## What is known

# %%
best = study.knowledge.best_predicted
print(f"best predicted: {best.label}, {best.mean:.4f} ± {best.deviation:.4f} {study.knowledge.unit}")
print(study.observations.groupby("target")["value"].describe())

# %% [markdown]
# ## The model
# The calculation and the experiment, along the one variable. `predict` gives noise-free values: means and their
# standard deviations.

# %%
x = np.linspace(0, 1, 101)
calculated = study.predict({"cobalt": x}, target="calculated")
measured = study.predict({"cobalt": x})
print(measured.iloc[::25].round(4).to_string(index=False))

# %% [markdown]
# ## A picture

# %%
figure, axes = plt.subplots(figsize=(3.4, 2.6), layout="constrained")
for table, name, color in ((calculated, "calculated", "#0072B2"), (measured, "measured", "#D55E00")):
    values = study.observations.query("target == @name")
    axes.plot(values["cobalt"], values["value"], ".", color=color, markersize=4)
    axes.plot(table["cobalt"], table["mean"], color=color, linewidth=1, label=name)
    low, high = table["mean"] - 1.96 * table["deviation"], table["mean"] + 1.96 * table["deviation"]
    axes.fill_between(table["cobalt"], low, high, color=color, alpha=0.25, linewidth=0)
axes.set(xlabel="share of cobalt", ylabel="magnetization (T)")
axes.legend(frameon=False)
figure.savefig(Path("workspace/histories/tutorial/notebook.svg"))
plt.close(figure)

# %% [markdown]
# ## How it came about
# Each cycle is a record: what came in, what was asked for, why.

# %%
for record in study.history.records():
    for request in record.requests:
        if request.target == "measured":
            print(f"cycle {record.number}: {request.label}: {request.reason.text}")
