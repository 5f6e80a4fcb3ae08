#include <ansatz/program/configuration.hpp>

namespace ansatz {

namespace library {
void convolutional_network();
void dropout_mnist();
void dropout_mnist_fast();
void dropout_mnist_valid_fast();
void jobman_mlp();
void lwta();
void live_monitor_test();
void maxout_mnist();
void maxout_mnist_pi();
void mlp_nested();
void mlp_part_2();
void mlp_part_3();
void mlp_part_4();
void softmax_regression();
}  // namespace library

void register_library_configurations() {
  library::softmax_regression();
  library::mlp_part_2();
  library::mlp_part_3();
  library::mlp_part_4();
  library::mlp_nested();
  library::jobman_mlp();
  library::dropout_mnist();
  library::dropout_mnist_fast();
  library::dropout_mnist_valid_fast();
  library::maxout_mnist_pi();
  library::maxout_mnist();
  library::convolutional_network();
  library::lwta();
  library::live_monitor_test();
}

}  // namespace ansatz
