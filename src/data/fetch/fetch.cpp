#include <ansatz/data/fetch/fetch.hpp>

#include "download.hpp"

#include <base/sha256.hpp>
#include <dsl/exceptions.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <vector>

namespace ansatz {

namespace fs = std::filesystem;

namespace {

/// Whether the file is there; another one in its place is an error.
bool is_there(const std::string& path, const std::string& sha256) {
  std::error_code error;
  if (!fs::exists(fs::symlink_status(path, error))) return false;
  if (!fs::is_regular_file(path, error))
    throw FileError(fmt::format("'{}' is in the way: it is no file", path));
  const std::string found = sha256_of_file(path);
  if (found == sha256) return true;
  throw FileError(
      fmt::format("'{}' is there already, but is another file: its SHA-256 is {}, not {}; remove "
                  "it or give another folder with --to",
                  path, found, sha256));
}

}  // namespace

bool fetch_file(const std::vector<std::string>& urls, const std::string& path,
                const std::string& sha256, std::int64_t bytes, FetchObserver& observer,
                const FetchOptions& options) {
  if (is_there(path, sha256)) return false;
  fetching::PartFile part(path + ".part");
  // Another process may have fetched it until a moment ago.
  if (is_there(path, sha256)) {
    part.remove();
    return false;
  }
  std::string troubles;
  bool endless = false;
  const auto trouble = [&](const std::string& url, const std::string& what) {
    const std::string line = fmt::format("{}: {}", url, what);
    observer.trouble(line);
    troubles += "\n  " + line;
  };
  const auto verified = [&](const std::string& url) {
    const std::string found = part.sha256();
    if (found == sha256) return true;
    part.clear();
    trouble(url,
            fmt::format("what came is another file: its SHA-256 is {}, not {}", found, sha256));
    return false;
  };
  const auto finish = [&] {
    part.rename_to(path);
    return true;
  };

  if (part.size() > (bytes > 0 ? bytes : options.most_bytes)) part.clear();
  if (bytes > 0 && part.size() == bytes && verified(path + ".part")) return finish();
  for (const std::string& url : urls) {
    bool resumed = false;
    for (int attempt = 0; attempt < options.attempts; ++attempt) {
      const std::int64_t before = part.size();
      const fetching::Outcome outcome = fetching::request(url, part, bytes, observer, options);
      resumed = before > 0;
      if (outcome.complete) {
        if (verified(url)) return finish();
        if (resumed) continue;  // the fault may lie in what was there before
        break;
      }
      trouble(url, outcome.trouble);
      endless |= outcome.endless;
      if (!outcome.again) break;
    }
  }
  const bool kept = part.size() > 0;
  // Left empty, it shows where the download of an endless file was given up.
  if (!kept && !endless) part.remove();
  throw FileError(fmt::format("cannot fetch '{}':{}{}", path,
                              troubles.empty() ? " no URL is known" : troubles,
                              kept ? fmt::format("\n{} bytes are kept; the next attempt goes on "
                                                 "there",
                                                 part.size())
                                   : ""));
}

int fetch_set(const KnownSet& set, const std::string& folder, const std::string& from,
              FetchObserver& observer, const FetchOptions& options) {
  const fs::path at = fs::path(folder) / set.name;
  std::error_code error;
  fs::create_directories(at, error);
  if (error)
    throw FileError(
        fmt::format("cannot make the folder '{}': {}; choose one that can be written "
                    "to with --to or ANSATZ_DATA_PATH",
                    at.string(), error.message()));
  int fetched = 0;
  for (const KnownFile& file : set.files) {
    std::vector<std::string> urls;
    const auto add = [&](std::string_view base) {
      urls.push_back(fmt::format("{}{}{}", base, base.ends_with('/') ? "" : "/", file.name));
    };
    if (from.empty())
      for (const std::string_view mirror : set.mirrors) add(mirror);
    else
      add(from);
    fetched += fetch_file(urls, (at / file.name).string(), std::string(file.sha256), file.bytes,
                          observer, options);
  }
  return fetched;
}

}  // namespace ansatz
