// Parity: whether the number of ones is odd.
#pragma once

#include <ansatz/data/table.hpp>
#include <ansatz/job/dataset.hpp>

namespace ansatz {

/// All texts of so many bits as features [2^bits, bits], their parity as the target: 0 or 1.
class Parity : public Dataset {
 public:
  static constexpr const char* yaml = "ansatz.datasets.Parity";
  static constexpr const char* doc = "all texts of some bits; the label says if their sum is odd";
  int bits = 0;

  constexpr Parity() {}
  constexpr explicit Parity(int n) : bits(n) {}
  template <class K>
  static constexpr void keys(K& key) {
    key.required("bits", &Parity::bits, "bits of an example").from_to(1, 20);
  }
  constexpr SpaceInfo source_space(std::string_view source) const override {
    if (source == "features") return vector_space(bits);
    return source == "targets" ? index_space(2) : SpaceInfo();
  }
  std::shared_ptr<const Table> load() const override {
    std::vector<double> features;
    std::vector<int> labels;
    for (int text = 0; text < 1 << bits; ++text) {
      for (int i = 0; i < bits; ++i) features.push_back(text >> i & 1);
      labels.push_back(__builtin_parity(static_cast<unsigned>(text)));
    }
    Dims width;
    width.push_back(bits);
    std::vector<Column> columns;
    columns.push_back(number_column("features", std::move(features), width));
    columns.push_back(label_column("targets", {labels.begin(), labels.end()}, 2, {}));
    return std::make_shared<const Table>(Table(std::move(columns)));
  }
};

}  // namespace ansatz
