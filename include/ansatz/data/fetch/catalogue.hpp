// Data sets that can be fetched.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ansatz {

/// A file of a known set.
struct KnownFile {
  std::string_view name;
  std::int64_t bytes;  ///< 0: not known
  std::string_view sha256;
  /// Under which its content serves as well: unpacked, or packed.
  std::string_view other_name = {};
};

/// A data set, its files and where they can be had.
struct KnownSet {
  std::string_view name;  ///< also of its folder
  std::string_view what;
  std::string_view licence;
  std::string_view cite;
  std::vector<std::string_view> mirrors;  ///< URLs of folders, tried in this order
  std::vector<KnownFile> files;

  std::int64_t bytes() const;
};

const std::vector<KnownSet>& known_sets();

/// NameError with the known names, the nearest of them, when there is none of that name.
const KnownSet& known_set(std::string_view name);

/// Where a file of the set lies below `folder`, under either name; "" when it is not there.
std::string where_is(const KnownSet& set, const KnownFile& file, const std::string& folder);

}  // namespace ansatz
