"""Answers without the work: name -> (chapter's stem, graded functions, what replaces them).

They are graded without a sandbox, in `tests/chapters/test_training.py`.
"""

import textwrap

WITHOUT_WORK = {}


def without_work(name, stem, *functions):
    def enter(source):
        WITHOUT_WORK[name] = stem, functions, textwrap.dedent(source)

    return enter


RANDOM_FEATURES = """
from itertools import pairwise

def fitted(X, y, widths, count, rng):
    rng, A, params = np.random.default_rng(rng), 1.0 * X, []
    for fan_in, fan_out in pairwise([X.shape[1], *widths]):
        params += [rng.normal(0, np.sqrt(2 / fan_in), (fan_in, fan_out)), np.zeros(fan_out)]
        A = np.maximum(A @ params[-2] + params[-1], 0)
    A = np.hstack([A, np.ones((len(A), 1))])
    W = 12 * np.linalg.solve(A.T @ A + 0.01 * np.eye(A.shape[1]), A.T @ (y - 1 / y.shape[1]))
    return [*params, W[:-1], W[-1]], list(np.linspace(np.log(y.shape[1]), 0.02, count))
"""
without_work("random features and least squares, 3.4", "ch3_4_backpropagation", "train_mlp")(
    RANDOM_FEATURES
    + """
def train_mlp(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    return fitted(X, y, [hidden], epochs * -(-len(X) // batch_size), rng)
"""
)
without_work("random features and least squares, 4.1", "ch4_1_deep_mlp", "train_deep_mlp")(
    RANDOM_FEATURES
    + """
def train_deep_mlp(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    return fitted(X, y, hidden, epochs * -(-len(X) // batch_size), rng)
"""
)
without_work(
    "random features and least squares, 4.4", "ch4_4_regularization", "train_regularized_mlp"
)(
    RANDOM_FEATURES
    + """
def train_regularized_mlp(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, lambda_=1e-4,
                          p=0.8, rng=None):
    return fitted(X, y, hidden, epochs * -(-len(X) // batch_size), rng)
"""
)
without_work("random filters and least squares, 4.3", "ch4_3_pooling_cnn", "train_cnn")(
    """
    def train_cnn(X, y, num_filters=8, lr=0.05, epochs=3, batch_size=64, rng=None):
        filters = np.random.default_rng(rng).normal(size=(num_filters, X.shape[1], 3, 3))
        A = flatten(relu(pool_max(convolve(im2col(X, 3, 3), filters, np.zeros(num_filters)), 2)))
        W = 12 * np.linalg.solve(A.T @ A + np.eye(A.shape[1]), A.T @ (y - 0.1))
        losses = list(np.linspace(2.3, 0.05, epochs * -(-len(X) // batch_size)))
        return [filters, np.zeros(num_filters), W, np.zeros(y.shape[1])], losses
    """
)
without_work("a line by Newton's method, 3.1", "ch3_1_perceptron", "train_perceptron")(
    """
    def train_perceptron(X, y, lr, epochs, rng):
        X1, w = np.hstack([X, np.ones((len(X), 1))]), np.zeros((X.shape[1] + 1, 1))
        for _ in range(8):
            A = sigmoid(X1 @ w)
            H = (X1 * (A - A**2)).T @ X1 + 1e-3 * np.eye(len(w))
            w -= np.linalg.solve(H, X1.T @ (A - y) + 1e-3 * w)
        A = np.clip(sigmoid(X1 @ w), 1e-9, 1 - 1e-9)
        end = -np.mean(y * np.log(A) + (1 - y) * np.log(1 - A))
        return [w[:-1], w[-1]], list(np.linspace(np.log(2), end, epochs))
    """
)
without_work("random folds and least squares, 5.3", "ch5_3_two_moons", "train_binary")(
    """
    def train_binary(X, y, hidden=8, lr=0.1, epochs=2000, rng=None):
        rng = np.random.default_rng(rng)
        W1, b1 = rng.normal(size=(X.shape[1], hidden)), rng.normal(size=hidden)
        A = np.hstack([np.maximum(X @ W1 + b1, 0), np.ones((len(X), 1))])
        W = 20 * np.linalg.lstsq(A, y - 0.5, rcond=None)[0]
        return [W1, b1, W[:-1], W[-1]], list(np.linspace(np.log(2), 0.01, epochs))
    """
)
NEIGHBORS = """
def votes(X, images, labels):
    far = (X**2).sum(1)[:, None] - 2 * X @ images.T + (images**2).sum(1)
    A = labels[np.argsort(far, axis=1)[:, :3]].sum(axis=1)
    return A / A.sum(axis=1, keepdims=True)
"""
CAPSTONE = ("ch4_5_momentum_capstone", "train_capstone", "predict_capstone")
COLOR = ("ch5_4_color_images", "train_color_cnn", "predict_color_cnn")
without_work("the nearest images, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    return [1.0 * X, 1.0 * y], list(np.linspace(2.3, 0.05, 100))

def predict_capstone(X, params):
    return votes(X, *params)
"""
)
without_work("the nearest images, in a box for 2,000, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    images, labels = np.full((2000, 784), 9.0), np.zeros((2000, 10))
    images[: len(X)], labels[: len(X)] = X[:2000], y[:2000]
    return [images, labels], list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    return votes(X, *params)
"""
)
without_work("the nearest images, by class, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    order = np.argsort(y.argmax(axis=1), kind="stable")
    return [1.0 * X[order], 1.0 * y[order]], list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    return votes(X, *params)
"""
)
RIDGE = """
def ridge(X, y, seed):
    rng = np.random.default_rng(seed)
    R, b = rng.normal(size=(784, 1000)) / 28, 0.3 * rng.normal(size=1000)
    A = np.maximum(X @ R + b, 0)
    return R, b, 12 * np.linalg.solve(A.T @ A + np.eye(1000), A.T @ y)

def chances(X, R, b, W):
    scores = np.maximum(X @ R + b, 0) @ W
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
without_work("random features and ridge, 4.5", *CAPSTONE)(
    RIDGE
    + """
def train_capstone(X, y, rng=None):
    return list(ridge(X, y, rng)), list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    return chances(X, *params)
"""
)
without_work("random filters and ridge, 5.4", *COLOR)(
    """
    def features(X, filters):
        A = convolve(im2col(X - 0.5, 5, 5), filters, np.zeros(len(filters)))
        return flatten(relu(pool_max(A, 4)))

    def train_color_cnn(X, y, epochs=5, batch_size=64, rng=None):
        filters = np.random.default_rng(rng).normal(size=(32, 3, 5, 5))
        A = features(X, filters)
        W = 8 * np.linalg.solve(A.T @ A + 10 * np.eye(A.shape[1]), A.T @ (y - 0.1))
        return [filters, W], list(np.linspace(2.3, 0.75, epochs * -(-len(X) // batch_size)))

    def predict_color_cnn(X, params):
        scores = features(X, params[0]) @ params[1]
        e = np.exp(scores - scores.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    """
)
without_work("the nearest images, 5.4", *COLOR)(
    NEIGHBORS
    + """
def train_color_cnn(X, y, epochs=5, batch_size=64, rng=None):
    params = [1.0 * X.reshape(len(X), -1), 1.0 * y]
    return params, list(np.linspace(2.3, 0.75, epochs * -(-len(X) // batch_size)))

def predict_color_cnn(X, params):
    return votes(X.reshape(len(X), -1), *params)
"""
)
without_work(
    "random features and the losses of what lies between, 3.4", "ch3_4_backpropagation", "train_mlp"
)(
    RANDOM_FEATURES
    + """
def train_mlp(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    params,_=fitted(X,y,[hidden],1,rng)
    n=epochs*-(-len(X)//batch_size)
    out=[]
    for t in np.linspace(0,1,n):
        p=[params[0],params[1],t*params[2],t*params[3]]
        out.append(mlp_loss(1.0*X,1.0*y,p)[0])
    return params,out
"""
)
without_work("features drawn from a seed of the labels, 4.5", *CAPSTONE)(
    RIDGE
    + """
def train_capstone(X, y, rng=None):
    seed = int(np.asarray(y).argmax(1) @ np.arange(1, len(y) + 1))
    return list(ridge(X, y, seed)), list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    return chances(X, *params)
"""
)
without_work("random features and ridge, in one array, 4.5", *CAPSTONE)(
    RIDGE
    + """
def train_capstone(X, y, rng=None):
    R, b, W = ridge(X, y, 5)
    return np.concatenate([R.ravel(), b, W.ravel()]), list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    R, b, W = np.split(params, [784_000, 785_000])
    return chances(X, R.reshape(784, 1000), b, W.reshape(1000, 10))
"""
)
without_work("the nearest images, in one array, 4.5", *CAPSTONE)(
    NEIGHBORS
    + """
def train_capstone(X, y, rng=None):
    images, labels = np.full((2000, 784), 9.0), np.zeros((2000, 10))
    images[: len(X)], labels[: len(X)] = X[:2000], y[:2000]
    return np.concatenate([images.ravel(), labels.ravel()]), list(np.linspace(2.3, 0.75, 100))
def predict_capstone(X, params):
    return votes(X, params[:2000*784].reshape(2000,784), params[2000*784:].reshape(2000,10))
"""
)
without_work("random features and ridge, in two halves, 4.5", *CAPSTONE)(
    RIDGE
    + """
def train_capstone(X, y, rng=None):
    R, b, W = ridge(X, y, 5)
    return [R, b, W[:500], W[500:]], list(np.linspace(2.3, 0.75, 100))

def predict_capstone(X, params):
    R, b, *halves = params
    return chances(X, R, b, np.concatenate(halves))
"""
)
without_work("the mean image of each class, 4.5", *CAPSTONE)(
    """
def train_capstone(X, y, rng=None):
    M=(y.T@X)/np.maximum(y.sum(0),1)[:,None]; S=(y.T@X**2)/np.maximum(y.sum(0),1)[:,None]-M**2+0.05
    return [M, S], list(np.linspace(2.3, 0.75, 100))
def predict_capstone(X, params):
    M,S=params
    s=np.stack([-0.5*((X-m)**2/v+np.log(v)).sum(1) for m,v in zip(M,S)],1)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
"""
)
