// Names numbered 0, 1, … and found again in the same time however many there are.
#pragma once

#include <string_view>

#include <dsl/ir/list.hpp>
#include <dsl/ir/shape.hpp>

namespace ansatz {

class NameIndex {
 public:
  /// The number of an equal name, or -1.
  /// @param name_of  the name that was given a number
  template <class NameOf>
  constexpr int find(std::string_view name, NameOf name_of) const {
    if (table_.empty()) return -1;
    const std::uint64_t hash = hash_of(name);
    const auto mask = static_cast<unsigned>(table_.size() - 1);
    for (unsigned at = static_cast<unsigned>(hash) & mask;; at = (at + 1) & mask) {
      const int number = table_[static_cast<int>(at)];
      if (number < 0 || (hashes_[number] == hash && name_of(number) == name)) return number;
    }
  }
  /// The same; with -1 the name has the next number.
  template <class NameOf>
  constexpr int find_or_add(std::string_view name, NameOf name_of) {
    if (4 * (count_ + 1) > 3 * table_.size()) grow();
    const std::uint64_t hash = hash_of(name);
    const auto mask = static_cast<unsigned>(table_.size() - 1);
    unsigned at = static_cast<unsigned>(hash) & mask;
    for (; table_[static_cast<int>(at)] >= 0; at = (at + 1) & mask) {
      const int number = table_[static_cast<int>(at)];
      if (hashes_[number] == hash && name_of(number) == name) return number;
    }
    table_[static_cast<int>(at)] = count_++;
    hashes_.push_back(hash);
    return -1;
  }

 private:
  static constexpr std::uint64_t hash_of(std::string_view name) {
    std::uint64_t h = 14695981039346656037ull;
    for (char c : name) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return h ^ (h >> 32);
  }
  constexpr void grow() {
    const int slots = table_.empty() ? 16 : 2 * table_.size();
    table_.assign(slots, -1);
    const auto mask = static_cast<unsigned>(slots - 1);
    for (int number = 0; number < count_; ++number) {
      unsigned at = static_cast<unsigned>(hashes_[number]) & mask;
      while (table_[static_cast<int>(at)] >= 0) at = (at + 1) & mask;
      table_[static_cast<int>(at)] = number;
    }
  }

  ir::List<int> table_;  // numbers, or -1
  ir::List<std::uint64_t> hashes_;
  int count_ = 0;
};

}  // namespace ansatz
