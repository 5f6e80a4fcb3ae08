// Runs of other programs, by the files that they write.
#pragma once

#include <ansatz/serial/model_file.hpp>

#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ansatz::drawing {

/// facts_json of a model file; none where it cannot be read, or is large.
std::optional<std::string> facts_of_file(const std::string& path);

struct FollowedRun {
  std::string path;    ///< of the model; of a table alone, of that
  ModelFile file;      ///< without tensors; with the records that are to be shown
  std::string facts;   ///< facts_json of the model; "" where these are as before
  double changed = 0;  ///< seconds since 1970
};

/// Reads what has changed since the last look.
class FollowedRuns {
 public:
  /// See RunBoard::follow.
  void add(const std::string& path);
  struct Changes {
    std::vector<FollowedRun> runs;
    std::vector<std::string> gone;  ///< paths of runs whose files are no more
  };
  Changes look();

 private:
  // When one of these differs, the file is read again.
  struct Mark {
    std::uint64_t device = 0, inode = 0;
    std::int64_t size = 0, nanoseconds = 0;
    bool operator==(const Mark&) const = default;
  };
  enum class Kind : std::uint8_t { model, table, other };
  struct File {
    Mark mark;
    Kind kind = Kind::other;
    bool seen = false;
    std::string fault;  // why it could not be read
    MonitorRecords records;
    std::int64_t read = 0;  // bytes of a table
    // Its first line, and the one that ends behind these bytes: by them it is known again.
    std::string first_line, last_line;
    bool fresh = false;  // read since the last look
    ModelFile model;     // without tensors and records
    std::string facts;
  };

  void look_at(const std::string& path);
  void look_through(const std::string& folder);
  void read(const std::string& path, File& file, const Mark& mark);
  static void read_table(std::FILE* in, const std::string& path, File& file, bool goes_on);

  std::vector<std::string> folders_, files_;
  std::map<std::string, File> known_;
  std::map<std::string, std::string> shown_;  // of each stem, the path of its run
};

}  // namespace ansatz::drawing
