"""The library that the course builds: every chapter's functions in one module.

    from solutions.neural_network import gradient_descent, forward_mlp

Where two chapters define the same name, the later chapter's version is used: `gradient_descent`
is the one from chapter 2.3.
"""

# ruff: noqa: F403 - each chapter's `__all__` lists what it offers

from .ch1_1_numpy_arrays import *
from .ch1_2_matrix_operations import *
from .ch1_3_activation_basics import *
from .ch2_1_loss_functions import *
from .ch2_2_gradient_descent import *
from .ch2_3_mini_batches import *
from .ch2_4_numerical_gradients import *
from .ch3_1_perceptron import *
from .ch3_2_activation_functions import *
from .ch3_3_forward_mlp import *
from .ch3_4_backpropagation import *
from .ch4_1_deep_mlp import *
from .ch4_2_convolution import *
from .ch4_3_pooling_cnn import *
from .ch4_4_regularization import *
from .ch4_5_momentum_capstone import *
from .ch5_1_adam import *
from .ch5_2_neural_network_class import *
from .ch5_3_two_moons import *
from .ch5_4_color_images import *

__all__ = [name for name in dir() if not name.startswith("_")]
