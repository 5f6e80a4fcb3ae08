#include "list.hpp"

namespace ansatz {

namespace library {
void mlp_part_3();
}  // namespace library

void register_library_configurations() { library::mlp_part_3(); }

}  // namespace ansatz
