"""What scikit-learn makes of the five tables of examples/jobs, on the split that the jobs have:

    table_jobs.py FOLDER_OF_DATA > tests/reference/table_jobs.json

Numbers are standardized, texts one-hot, missing ones the most frequent, all learned from the
training rows. A classifier is a LogisticRegression, the regression an MLPRegressor; the figures are
those of the test rows.
"""
import csv
import json
import pathlib
import sys

import numpy
import sklearn
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import OneHotEncoder, StandardScaler

data = pathlib.Path(sys.argv[1])
TABLES = {  # file, the column of the target, columns that are left out
    "adult": ("adult/adult.data", 14, []),
    "wine": ("wine/wine.data", 0, []),
    "iris": ("iris/iris.data", 4, []),
    "breast-cancer": ("breast-cancer-wdbc/wdbc.data", 1, [0]),
    "california-housing": ("california-housing/cal_housing.data", 8, []),
}


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def numbers_of(columns, train, test):
    """Columns of texts as scaled numbers of the training and of the test rows."""
    parts = [[], []]
    for column in columns:
        column = numpy.array(column).reshape(-1, 1)
        if all(map(is_number, column[:, 0])):
            maker = StandardScaler()
            column = column.astype(float)
        else:
            column = column.astype(object)
            fill = SimpleImputer(missing_values="?", strategy="most_frequent").fit(column[train])
            column = fill.transform(column)
            maker = OneHotEncoder(handle_unknown="ignore")
        maker.fit(column[train])
        for part, rows in zip(parts, (train, test)):
            made = maker.transform(column[rows])
            part.append(made.toarray() if hasattr(made, "toarray") else made)
    return [numpy.hstack(part) for part in parts]


figures = {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__}
for name, (file, target, left_out) in TABLES.items():
    with open(data / file, newline="") as lines:
        rows = [row for row in csv.reader(lines, skipinitialspace=True) if row]
    order = numpy.random.RandomState(0).permutation(len(rows))
    cut = int(len(rows) * .8 + .5)
    train, test = order[:cut], order[cut:]
    columns = list(zip(*rows))
    x, x_test = numbers_of([c for i, c in enumerate(columns) if i != target and i not in left_out],
                           train, test)
    y = numpy.array(columns[target])
    found = {"train": len(train), "test": len(test), "numbers": x.shape[1]}
    if name == "california-housing":
        y = y.astype(float)
        scale = StandardScaler().fit(y[train].reshape(-1, 1))
        model = MLPRegressor((100,), learning_rate_init=.001, batch_size=100, max_iter=60,
                             random_state=0, alpha=0, n_iter_no_change=1000)
        model.fit(x, scale.transform(y[train].reshape(-1, 1)).ravel())
        guess = scale.inverse_transform(model.predict(x_test).reshape(-1, 1)).ravel()
        found["r2"] = r2_score(y[test], guess)
        found["rmse"] = mean_squared_error(y[test], guess) ** .5
    else:
        model = LogisticRegression(max_iter=5000).fit(x, y[train])
        found["accuracy"] = float((model.predict(x_test) == y[test]).mean())
        found["classes"] = list(model.classes_)
    figures[name] = found
print(json.dumps(figures, indent=1))
