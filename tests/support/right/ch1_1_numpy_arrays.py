"""Right answers of chapter 1.1 that are not the reference's."""

import numpy as np

from . import right


def _float(X):
    return X if X.dtype.kind == "f" else X.astype(np.float64)


@right("normalize")
def with_an_epsilon(X):
    return (X - X.mean()) / (X.std() + 1e-8)


@right("normalize")
def in_float64_and_back(X):
    exact = np.array(X, dtype=np.float64)
    centred = exact - exact.mean()
    spread = np.sqrt(np.mean(centred**2))
    scaled = centred / spread if spread > 1e-9 else np.zeros_like(centred)
    return scaled.astype(_float(X).dtype)


@right("normalize")
def with_loops(X):
    flat = [float(x) for x in X.ravel()]
    mean = sum(flat) / len(flat)
    spread = (sum((x - mean) ** 2 for x in flat) / len(flat)) ** 0.5
    scaled = [(x - mean) / spread if spread > 1e-9 else 0.0 for x in flat]
    return np.array(scaled, _float(X).dtype).reshape(X.shape)


@right("normalize")
def with_a_floor_for_std(X, floor=1e-9):
    return np.asfortranarray((X - np.mean(X)) / np.maximum(np.std(X), floor))


@right("normalize")
def with_all_entries_compared(X):
    if np.array_equal(X, np.full_like(X, X.flat[0])):
        return X * 0.0
    result = _float(X).copy()
    result -= result.mean()
    result /= result.std()
    return result


@right("normalize")
def with_in_place_steps_on_a_copy(X):
    result = np.subtract(X, X.mean(dtype=np.float64), dtype=_float(X).dtype)
    spread = result.std(dtype=np.float64)
    return np.divide(result, spread, out=0 * result, where=bool(spread > 1e-10))


@right("one_hot")
def with_index_arrays(labels, num_classes):
    out = np.zeros((len(labels), num_classes))
    out[np.arange(len(labels)), labels] = 1
    return out


@right("one_hot")
def with_a_comparison(labels, num_classes):
    return (labels[:, np.newaxis] == np.arange(num_classes)).astype(float)


@right("one_hot")
def with_a_loop(labels, num_classes):
    out = np.zeros((labels.size, num_classes))
    for row, label in zip(out, labels, strict=True):
        row[label] = 1.0
    return out


@right("one_hot")
def with_list_comprehensions(labels, num_classes):
    return np.array([[float(label == c) for c in range(num_classes)] for label in labels])


@right("one_hot")
def with_take_of_columns(labels, num_classes):
    return np.take(np.identity(num_classes), labels, axis=1).T


@right("one_hot")
def with_put_along_axis(labels, num_classes, on=1.0):
    out = np.zeros((len(labels), num_classes))
    np.put_along_axis(out, labels.astype(np.int64)[:, None], on, axis=1)
    return out


@right("one_hot")
def with_a_sparse_matrix(labels, num_classes):
    from scipy.sparse import csr_matrix

    n, columns = len(labels), labels.astype(np.int64)
    return csr_matrix((np.ones(n), (np.arange(n), columns)), shape=(n, num_classes)).toarray()
