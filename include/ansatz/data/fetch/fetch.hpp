// Downloads of data sets.
#pragma once

#include <ansatz/data/fetch/catalogue.hpp>

#include <string>
#include <vector>

namespace ansatz {

/// Sees how a download goes.
class FetchObserver {
 public:
  virtual ~FetchObserver() = default;
  /// A file begins, `from` is the URL, `have` bytes of it are there from an earlier attempt.
  virtual void begin(const std::string& /*from*/, std::int64_t /*have*/, std::int64_t /*total*/) {}
  /// `done` bytes are there, of `total` (0: not known).
  virtual void progress(std::int64_t /*done*/, std::int64_t /*total*/) {}
  /// What went wrong, after which there is another attempt.
  virtual void trouble(const std::string& /*what*/) {}
};

struct FetchOptions {
  int connect_timeout = 20;            ///< seconds
  int stall_timeout = 30;              ///< seconds without a byte after which a server is given up
  int attempts = 3;                    ///< at one mirror, each going on where the last was cut off
  std::int64_t most_bytes = 16 << 20;  ///< of a file whose size is not known
};

/// Downloads a file and puts it at `path`, whole or not at all.
///
/// It is written to `path`.part, which stays when the download is cut off: the next one goes on
/// there (from another mirror, too; a server that cannot begins anew). Then its hash is compared,
/// it is flushed to the disk and renamed. A file at `path` with this hash is left as it is.
///
/// Errors: FileError, with what happened at every URL: no network, no such file, a connection cut
/// off, another hash or size; or the disk is full, the folder is missing or not writable, a
/// different file lies at `path`, another process fetches it.
///
/// @param urls    http or https, tried in this order
/// @param sha256  64 lowercase hexadecimal digits
/// @param bytes   0: not known
/// @returns       whether anything was downloaded
bool fetch_file(const std::vector<std::string>& urls, const std::string& path,
                const std::string& sha256, std::int64_t bytes, FetchObserver& observer,
                const FetchOptions& options = {});

/// Fetches every file of a set that is not there into `folder`/NAME, which is made.
/// @param from  URL of a folder with the files, in place of the set's mirrors; empty: those
/// @returns     files downloaded
int fetch_set(const KnownSet& set, const std::string& folder, const std::string& from,
              FetchObserver& observer, const FetchOptions& options = {});

}  // namespace ansatz
