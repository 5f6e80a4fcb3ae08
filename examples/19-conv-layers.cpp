// Images in layers: a convolutional network, and the same model text with four kinds of weights.
#include <ansatz/algorithm/rules/momentum.hpp>
#include <ansatz/algorithm/sgd.hpp>
#include <ansatz/data/sets/drawn_sets.hpp>
#include <ansatz/linear/tiled_conv2d.hpp>
#include <ansatz/linear/weights_between.hpp>
#include <ansatz/model/layers/conv_elemwise.hpp>
#include <ansatz/model/layers/softmax.hpp>
#include <ansatz/model/mlp/mlp.hpp>
#include <ansatz/model/model_of.hpp>
#include <ansatz/session/observers.hpp>
#include <ansatz/session/run.hpp>
#include <ansatz/termination/epoch_counter.hpp>

#include <cstdio>

using namespace ansatz;

// The network of Pylearn2's tutorial, with fewer kernels, on drawn digits.
constexpr auto job = [] {
  const DrawnDigits train(0, 2'000), test(60'000, 60'500);
  return Train(train,
               MLP(Conv2DSpace(28_c, 28_c, 1_c),
                   ConvRectifiedLinear("h0", 12, RowsColumns(5), RowsColumns(4), RowsColumns(2),
                                       irange(.05), max_kernel_norm(1.9365)),
                   ConvRectifiedLinear("h1", 24, RowsColumns(5), RowsColumns(4), RowsColumns(2),
                                       irange(.05), max_kernel_norm(1.9365)),
                   Softmax("y", 10_c, istdev(.05), max_col_norm(1.9365))),
               SGD(learning_rate(.05), batch_size(50), EpochCounter(6), learning_rule(Momentum(.5)),
                   monitoring_dataset({{"test", test}})));
};

struct Image : Conv2DSpace<28, 28, 1> {};
using Hidden = Conv2DSpace<24, 24, 4>;
struct Kernels : Conv2D {
  constexpr Kernels() : Conv2D(RowsColumns(5)) {}
};
struct Tiled : TiledConv2D {
  constexpr Tiled() : TiledConv2D(RowsColumns(5), ansatz::tile_shape(RowsColumns(2))) {}
};
struct Local : TiledConv2D {
  constexpr Local() : TiledConv2D(RowsColumns(5)) {}
};

// Which weights these are, its text does not know.
template <class Weights>
struct Detector : ModelOf<Detector<Weights>, Image> {
  Weights W{"W", irange(.05)};
  Expr<Hidden> b = parameter<Hidden>("b");
  Expr<Image> c = parameter<Image>("c");

  constexpr auto hidden(auto v) const { return sigmoid(W.lmul(v) + b); }
  constexpr auto visible(auto h) const { return sigmoid(W.lmul_T(h) + c); }
  constexpr auto forward(auto v) const { return visible(hidden(v)); }
  constexpr auto cost(auto v) const {
    return mean(sum(square(forward(v) - v), axis<0>, axis<1>, axis<2>));
  }
  void initialize(InitialValues& values) const {
    RandomState rng(std::vector<std::int64_t>{2013, 1, 4});
    W.initialize(values, rng);
  }
};
template <class Weights>
constexpr auto detector_job = [] {
  const DrawnDigits digits(0, 500);
  return Train(digits, Detector<Weights>(),
               SGD(learning_rate(.002), batch_size(50), EpochCounter(10),
                   monitoring_dataset({{"", digits}})));
};
template <class Weights>
void train_detector(const char* name) {
  const Trained r = run(detector_job<Weights>);
  long numbers = 1;
  const Dims dims = r.store.shape("W");
  for (int d = 0; d < dims.rank; ++d) numbers *= dims[d];
  const auto& cost = r.records.at("objective").val_record;
  std::printf("%-12s %7ld weights, squared error %.1f to %.1f\n", name, numbers, cost.front(),
              cost.back());
}

int main() {
  const auto lines = text_observer({.channels = {"test_y_misclass"}});
  run(job, {.observer = lines.get()});

  train_detector<WeightsBetween<Image, Hidden>>("matrix");
  train_detector<WeightsBetween<Image, Hidden, Kernels>>("convolution");
  train_detector<WeightsBetween<Image, Hidden, Tiled>>("tiled");
  train_detector<WeightsBetween<Image, Hidden, Local>>("local");
}
