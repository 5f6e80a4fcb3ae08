// Settings: the named numbers of a job at work.
#pragma once

#include <ansatz/job/any_program.hpp>
#include <ansatz/session/archive.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace ansatz {

/// The named scalars of a job's programs, such as "learning_rate" or "momentum", and the numbers
/// that extensions may change though no program reads them.
class Settings {
 public:
  /// `programs` must outlive this.
  explicit Settings(JobPrograms& programs) : programs_(programs) {}

  bool has(std::string_view name) const;
  /// NameError with the nearest name.
  double get(std::string_view name) const;
  /// Changes it in all programs that have it. NameError with the nearest name.
  void set(std::string_view name, double value);
  /// Sets what the user gave. ValueError as `check_setting`.
  void take(const std::map<std::string, double>& given);
  /// A number that no program reads.
  void add(std::string_view name, double value);
  /// All of them with their values; of several programs with one name the first's.
  std::map<std::string, double, std::less<>> all() const;

  /// Saves or restores all, and how often each program was called.
  void state(Archive& archive);

 private:
  JobPrograms& programs_;
  std::map<std::string, double, std::less<>> own_;
};

/// ValueError for a value that a job could not have said: one that is not finite, a learning_rate
/// below 0, a momentum below 0 or from 1 on.
void check_setting(std::string_view name, double value);

}  // namespace ansatz
