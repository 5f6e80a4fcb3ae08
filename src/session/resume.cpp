#include <ansatz/session/resume.hpp>

#include <ansatz/serial/environment.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace ansatz {

void require_same_bits(const ModelFile& file, const RunOptions& options, const std::string& path) {
  std::map<std::string, std::string> there = file.environment, here = current_environment();
  here["threads"] = std::to_string(options.threads);
  if (options.seed) {
    there["seed"] = std::to_string(state_value<std::int64_t>(file.values, "seed"));
    here["seed"] = std::to_string(*options.seed);
  }
  const auto differences = environment_differences(there, here);
  if (differences.empty()) return;
  std::string text = fmt::format(
      "{}: this program would not go on with the same bits as the run that saved it:", path);
  for (const std::string& line : differences) text += "\n  " + line;
  throw FileError(text + "\nresume all the same with --accept-differences");
}

void require_same_data(const ModelFile& file, const std::map<std::string, std::string>& data,
                       const std::string& path) {
  std::string text;
  for (const auto& [name, now] : data) {
    const auto before = file.data.find(name);
    // Of a set that is monitored, too, once is enough.
    const bool told = name != "dataset" && data.contains("dataset") && now == data.at("dataset") &&
                      file.data.contains("dataset") && before != file.data.end() &&
                      before->second == file.data.at("dataset");
    // Older files say less of data that are mapped.
    const bool less = before != file.data.end() && now.starts_with(before->second + ", ");
    if (before != file.data.end() && before->second != now && !told && !less)
      text += fmt::format("\n  {}: {} then, {} now", name, before->second, now);
  }
  if (!text.empty())
    throw FileError(
        fmt::format("{}: the run that saved it had other data:{}\nresume all the same "
                    "with --accept-differences",
                    path, text));
}

std::string other_job(const ModelFile& file, const std::string& here, const std::string& path) {
  if (here == file.job_yaml) return "";
  const auto [now, before] =
      std::mismatch(here.begin(), here.end(), file.job_yaml.begin(), file.job_yaml.end());
  const auto line = [](const std::string& text, std::string::const_iterator at) {
    auto begin = at, end = at;
    while (begin != text.begin() && begin[-1] != '\n') --begin;
    while (end != text.end() && *end != '\n') ++end;
    while (begin != end && *begin == ' ') ++begin;
    return std::string(begin, end);
  };
  return fmt::format(
      "{} was saved by a job that is written otherwise; the first difference:\n"
      "  saved: {}\n  now:   {}\nWhat extensions and schedules may change, such as "
      "the learning rate, goes on as it was saved",
      path, line(file.job_yaml, before), line(here, now));
}

}  // namespace ansatz
