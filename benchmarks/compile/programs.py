"""User programs of growing size, as text."""

HEADERS = '''#include <dsl/compile.hpp>
#include <dsl/grad.hpp>
#include <dsl/ops.hpp>
#include <dsl/parameters.hpp>

using namespace ansatz;
'''


def main(body, *, declarations=''):
    return (f'{HEADERS}{declarations}\nint main() {{\n'
            f'  auto step = compile([] {{{body}  }});\n  step({{}});\n}}\n')


def headers():
    return f'{HEADERS}\nint main() {{}}\n'


LEARN = '''
    auto rate = scalar("learning_rate");
    Function f = function(output("cost", cost));
    for (const auto& w : parameters_of(cost)) f.add(update(w, w - rate * grad(cost, w)));
    return f;
'''


def softmax_regression():
    return main('''
    auto x = input<VectorSpace<784>>("x");
    auto y = input<IndexSpace<10>>("y");
    auto z = matmul(x, parameter<Matrix<784, 10>>("W")) + parameter<VectorSpace<10>>("b");
    auto cost = mean(cross_entropy(softmax(z), y));
''' + LEARN)


def perceptron(layers):
    """`layers` hidden layers of 64 rectifiers and a softmax, gradient descent."""
    weights = ', '.join(f'parameter<Matrix<64, 64>>("W{i}")' for i in range(layers))
    biases = ', '.join(f'parameter<VectorSpace<64>>("b{i}")' for i in range(layers))
    return main(f'''
    auto x = input<VectorSpace<64>>("x");
    auto y = input<IndexSpace<10>>("y");
    Expr<Matrix<64, 64>> W[{layers}] = {{{weights}}};
    Expr<VectorSpace<64>> b[{layers}] = {{{biases}}};
    auto h = x;
    for (int i = 0; i < {layers}; ++i) h = relu(matmul(h, W[i]) + b[i]);
    auto z = matmul(h, parameter<Matrix<64, 10>>("V")) + parameter<VectorSpace<10>>("c");
    auto cost = mean(cross_entropy(softmax(z), y));
''' + LEARN)


def boltzmann_machine():
    return main('''
    auto x = input<VectorSpace<784>>("x");
    auto W = parameter<Matrix<784, 500>>("W");
    auto b = parameter<VectorSpace<784>>("b");
    auto c = parameter<VectorSpace<500>>("c");
    auto free_energy = [&](auto v) {
      return -sum(v * b, units) - sum(softplus(matmul(v, W) + c), units);
    };
    auto h = bernoulli(sigmoid(matmul(x, W) + c));
    auto v = stop_gradient(bernoulli(sigmoid(matmul(h, transpose(W)) + b)));
    auto cost = mean(free_energy(x)) - mean(free_energy(v));
''' + LEARN)


def convolutional_net():
    return main('''
    auto x = input<Conv2DSpace<28, 28, 1>>("x");
    auto y = input<IndexSpace<10>>("y");
    auto h0 = max_pool(relu(convolve(x, parameter<Tensor<5, 5, 1, 16>>("K0")) +
                            parameter<VectorSpace<16>>("b0")), pool<2>);
    auto h1 = max_pool(relu(convolve(h0, parameter<Tensor<5, 5, 16, 32>>("K1")) +
                            parameter<VectorSpace<32>>("b1")), pool<2>);
    auto z = matmul(flatten(h1), parameter<Matrix<512, 10>>("W")) + parameter<VectorSpace<10>>("b");
    auto cost = mean(cross_entropy(softmax(z), y));
''' + LEARN, declarations='#include <dsl/ops/image/convolve.hpp>\n'
                             '#include <dsl/ops/image/max_pool.hpp>\n')


def chain(ops):
    """`ops` elementwise ops in a row, which become one loop."""
    return main(f'''
    auto x = input<VectorSpace<100>>("x");
    auto h = x;
    for (int i = 0; i < {ops}; i += 2) h = tanh(h) * x;
    return function(output("h", h));
''')


def chain_with_gradient(ops):
    """The same with the gradient of its sum."""
    return main(f'''
    auto x = input<VectorSpace<100>>("x");
    auto h = x * parameter<VectorSpace<100>>("w");
    for (int i = 0; i < {ops}; i += 2) h = tanh(h) * x;
    auto cost = mean(sum(h));
''' + LEARN)


def trainer():
    """The specialised trainer of the MLP tutorial's third part, with its 148 channels."""
    return '''#include <ansatz/data/sets/mnist_set.hpp>
#include <ansatz/extension/save_best.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/model/layers/rectified_linear.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/combined.hpp>
#include <ansatz/termination/epoch_counter.hpp>
#include <ansatz/termination/monitor_based.hpp>
#include <ansatz/algorithm/schedules/epoch_schedules.hpp>
#include <ansatz/algorithm/sgd.hpp>

using namespace ansatz;

constexpr auto job = [] {
  return Train(
      MNIST("train", 0, 50000),
      MLP(VectorSpace(784_c), RectifiedLinear("h0", 500_c, sparse_init(15)),
          RectifiedLinear("h1", 1000_c, sparse_init(15)), Softmax("y", 10_c, irange(0.))),
      SGD(learning_rate(.01), batch_size(100), Momentum(.5),
          monitoring_dataset({{"train", MNIST("train", 0, 50000)},
                              {"valid", MNIST("train", 50000, 60000)},
                              {"test", MNIST("test")}}),
          And(MonitorBased(channel_name("valid_y_misclass"), prop_decrease(0.), N(10)),
              EpochCounter(10000))),
      MonitorBasedSaveBest("valid_y_misclass", save_path("best.ansatz")),
      MomentumAdjustor(.99, 1, 10));
};

int main() { run(job); }
'''


LAYERS = (2, 5, 10, 20, 40, 80)
CHAINS = (8, 16, 32, 64, 128, 256, 512)
CHAINS_WITH_GRADIENT = (16, 64, 256)


def programs():
    """Name to source, in the order of the report."""
    all_of_them = {'headers': headers(), 'softmax regression': softmax_regression(),
                   'RBM': boltzmann_machine(), 'conv net': convolutional_net()}
    all_of_them |= {f'MLP {n}': perceptron(n) for n in LAYERS}
    all_of_them |= {f'chain {n}': chain(n) for n in CHAINS}
    all_of_them |= {f'chain with gradient {n}': chain_with_gradient(n)
                    for n in CHAINS_WITH_GRADIENT}
    all_of_them['trainer'] = trainer()
    return all_of_them
