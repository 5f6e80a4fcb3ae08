#include "download.hpp"

#include <dsl/exceptions.hpp>

#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <charconv>
#include <exception>
#include <memory>
#include <type_traits>

namespace ansatz::fetching {

namespace {

// Loaded when something is fetched: with the thirty libraries it brings along, libcurl would cost
// every start of every program 12 ms.
struct Library {
  decltype(&curl_global_init) global_init;
  decltype(&curl_easy_init) init;
  decltype(&curl_easy_cleanup) cleanup;
  decltype(&curl_easy_perform) perform;
  decltype(&curl_easy_strerror) strerror;
  decltype(&(curl_easy_setopt)) setopt;
  decltype(&(curl_easy_getinfo)) getinfo;
};

Library load_libcurl() {
  void* const library = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw Error(fmt::format("downloading needs libcurl (Debian: libcurl4): {}", ::dlerror()));
  const auto find = [&](auto& function, const char* name) {
    function =
        reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
    if (!function) throw Error(fmt::format("libcurl has no function {}", name));
  };
  Library l{};
  find(l.global_init, "curl_global_init");
  find(l.init, "curl_easy_init");
  find(l.cleanup, "curl_easy_cleanup");
  find(l.perform, "curl_easy_perform");
  find(l.strerror, "curl_easy_strerror");
  find(l.setopt, "curl_easy_setopt");
  find(l.getinfo, "curl_easy_getinfo");
  if (l.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) throw Error("libcurl cannot be started");
  return l;
}

const Library& libcurl() {
  static const Library library = load_libcurl();
  return library;
}

struct Cleanup {
  void operator()(CURL* curl) const { libcurl().cleanup(curl); }
};
using Curl = std::unique_ptr<CURL, Cleanup>;

/// More headers than any answer needs: a server that sends them without end would be listened to
/// for ever.
constexpr std::size_t most_of_headers = 256 << 10;

constexpr long ok = 200, partial = 206, range_refused = 416;

/// What the callbacks of a request share.
struct Request {
  CURL* curl;
  PartFile& part;
  std::int64_t bytes;  // 0: not known
  std::int64_t most;   // that are taken
  FetchObserver& observer;
  std::int64_t offset;         // asked for
  std::int64_t answered = -1;  // the first byte of the answer, if it says so
  std::size_t headers = 0;     // bytes of them
  bool begun = false, too_long = false, elsewhere = false;
  std::exception_ptr error;  // of the file; nothing may be thrown through libcurl

  long code() const {
    long status = 0;
    libcurl().getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  /// The first bytes of the body: is it what was asked for?
  bool begin() {
    begun = true;
    const long status = code();
    if (status == ok) {
      if (part.size() > 0) part.clear();  // a server that only sends the whole
      return true;
    }
    elsewhere = status == partial && answered != offset;
    return status == partial && !elsewhere;
  }

  bool take(const char* data, std::size_t size) {
    if (!begun && !begin()) return false;
    too_long = part.size() + static_cast<std::int64_t>(size) > most;
    if (too_long) return false;
    part.append(data, size);
    observer.progress(part.size(), bytes);
    return true;
  }
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* to) {
  Request& request = *static_cast<Request*>(to);
  try {
    return request.take(data, size) ? size : 0;
  } catch (...) {
    request.error = std::current_exception();
    return 0;
  }
}

// Of "Content-Range: bytes 100-199/200" the 100; answers of redirections come first.
std::size_t on_header(char* data, std::size_t, std::size_t size, void* to) {
  Request& request = *static_cast<Request*>(to);
  request.headers += size;
  if (request.headers > most_of_headers) return 0;
  std::string line(data, size);
  for (char& c : line) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (line.starts_with("http/")) request.answered = -1;
  constexpr std::string_view name = "content-range: bytes ";
  if (line.starts_with(name))
    std::from_chars(line.data() + name.size(), line.data() + line.size(), request.answered);
  return size;
}

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  if (const CURLcode code = libcurl().setopt(curl, option, value); code != CURLE_OK)
    throw Error(fmt::format("libcurl does not take an option: {}", libcurl().strerror(code)));
}

std::string meaning(CURLcode code, const char* details) {
  const std::string what = *details ? details : libcurl().strerror(code);
  if (code == CURLE_COULDNT_RESOLVE_HOST || code == CURLE_COULDNT_RESOLVE_PROXY ||
      code == CURLE_COULDNT_CONNECT)
    return what + " (is there a network? a proxy is named by https_proxy)";
  return what;
}

}  // namespace

Outcome request(const std::string& url, PartFile& part, std::int64_t bytes, FetchObserver& observer,
                const FetchOptions& options) {
  const std::int64_t most = bytes > 0 ? bytes : options.most_bytes;
  const Curl curl(libcurl().init());
  if (!curl) throw Error("libcurl cannot be started");
  char details[CURL_ERROR_SIZE] = "";
  Request state{.curl = curl.get(),
                .part = part,
                .bytes = bytes,
                .most = most,
                .observer = observer,
                .offset = part.size(),
                .error = {}};
  CURL* const c = curl.get();
  set(c, CURLOPT_URL, url.c_str());
  set(c, CURLOPT_PROTOCOLS_STR, "http,https");
  set(c, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(c, CURLOPT_FOLLOWLOCATION, 1L);
  set(c, CURLOPT_MAXREDIRS, 10L);
  set(c, CURLOPT_NOSIGNAL, 1L);
  set(c, CURLOPT_USERAGENT, "ansatz");
  set(c, CURLOPT_ERRORBUFFER, details);
  set(c, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout));
  set(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
  set(c, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout));
  set(c, CURLOPT_WRITEFUNCTION, &on_body);
  set(c, CURLOPT_WRITEDATA, &state);
  set(c, CURLOPT_HEADERFUNCTION, &on_header);
  set(c, CURLOPT_HEADERDATA, &state);
  // Not CURLOPT_RESUME_FROM, which fails at servers that send the whole file instead.
  const std::string range = fmt::format("{}-", state.offset);
  if (state.offset > 0) set(c, CURLOPT_RANGE, range.c_str());
  observer.begin(url, state.offset, bytes);

  const CURLcode code = libcurl().perform(c);
  if (state.error) std::rethrow_exception(state.error);
  const long status = state.code();
  if (state.headers > most_of_headers)
    return {.trouble =
                fmt::format("the answer has more than {} bytes of headers", most_of_headers)};
  if (state.too_long) {
    part.clear();
    return {.endless = bytes == 0,
            .trouble = fmt::format("the file there is longer than {} bytes", most)};
  }
  if (status == range_refused || state.elsewhere) {
    part.clear();  // what is there is no beginning of what the server has
    return {.again = true, .trouble = "the server refuses to go on where the last attempt ended"};
  }
  if (status >= 400 || (code == CURLE_WRITE_ERROR && status != ok && status != partial))
    return {.trouble = fmt::format("the server answers {}{}", status,
                                   status == 404 ? " (no such file)" : "")};
  if (code != CURLE_OK) return {.again = state.begun, .trouble = meaning(code, details)};
  if (status != ok && status != partial)
    return {.trouble = fmt::format("the server answers {}", status)};
  if (!state.begun && status == ok && state.offset > 0) part.clear();  // an empty file
  if (bytes > 0 && part.size() < bytes)
    return {.again = state.begun,
            .trouble = fmt::format("only {} of {} bytes came", part.size(), bytes)};
  return {.complete = true, .trouble = {}};
}

}  // namespace ansatz::fetching
