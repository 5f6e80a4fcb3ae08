// What is compared: the same training step, made in different ways.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace bench {

/// Examples of a training set in memory, walked in order, again and again.
struct Data {
  int features = 0, batch = 0, examples = 0;
  std::vector<float> x;             ///< [examples, features]
  std::vector<std::int32_t> label;  ///< [examples], 0 .. 9
  std::vector<float> target;        ///< [examples], 0 or 1

  const float* inputs(long step) const { return x.data() + first(step) * features; }
  const std::int32_t* labels(long step) const { return label.data() + first(step); }
  const float* targets(long step) const { return target.data() + first(step); }

 private:
  std::int64_t first(long step) const { return step % (examples / batch) * std::int64_t(batch); }
};

/// A parameter's memory.
struct Parameter {
  std::string name;
  float* data;
  std::int64_t size;
};

class Contestant {
 public:
  virtual ~Contestant() = default;
  /// Steps number first .. first + count - 1; the cost of the last one, before its update.
  virtual float run(const Data& data, long first, long count) = 0;
  /// Parameters, "W0", "b0", "W1", …; empty if they cannot be seen.
  virtual std::vector<Parameter> parameters() = 0;
  /// CPU time it has used so far, perhaps with others of its process.
  virtual double cpu_seconds() const;
};

/// Random numbers of a hand-written step. Each thread has its own.
class Draws {
 public:
  virtual ~Draws() = default;
  virtual void start(long step) = 0;
  /// out[i] uniform in [0, 1): number `position + i` of site `site`.
  virtual void fill(int site, std::int64_t position, float* out, std::int64_t n) = 0;
  /// The same, normal numbers.
  virtual void fill_normal(int site, std::int64_t position, float* out, std::int64_t n) = 0;
};
using DrawsOfThreads = std::vector<std::unique_ptr<Draws>>;

}  // namespace bench
