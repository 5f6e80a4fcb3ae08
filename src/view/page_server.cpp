#include <ansatz/view/page_server.hpp>

#include <dsl/exceptions.hpp>

#include <fmt/format.h>
#include <httplib.h>

#include <arpa/inet.h>
#include <poll.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace ansatz {

namespace {

using Steady = std::chrono::steady_clock;

constexpr int most_at_a_time = 16;
constexpr std::size_t most_that_wait = 256;
constexpr std::size_t largest_request = 16 << 10;
constexpr auto longest_request = std::chrono::seconds(5);
// As long as others wait: who asks for nothing keeps nobody from being answered.
constexpr auto shortest_request = std::chrono::milliseconds(250);
constexpr auto longest_answer = std::chrono::seconds(30);
// Pages ask every second.
constexpr auto last_words = std::chrono::milliseconds(1500);

/// A client's request, of which neither the bytes nor the time are without end, and which the end
/// of the server ends. The library's own stream reads lines and headers without end, and, of ranges
/// and forms, as deep as they are long.
class BoundedStream final : public httplib::Stream {
 public:
  BoundedStream(int fd, const std::atomic<bool>& stop, const std::atomic<std::size_t>& waiting)
      : fd_(fd), stop_(stop), waiting_(waiting) {}

  /// Reads the request's head; there is no more to what may be asked.
  bool take_head() {
    while (head_.find("\r\n\r\n") == head_.npos) {
      char piece[4096];
      if (head_.size() > largest_request || !ready(POLLIN)) return false;
      const ssize_t n = ::recv(fd_, piece, sizeof piece, 0);
      if (n <= 0) return false;
      head_.append(piece, static_cast<std::size_t>(n));
    }
    // Everything is told whole.
    for (std::size_t line = head_.find('\n'); line != head_.npos; line = head_.find('\n', line + 1))
      if (::strncasecmp(head_.c_str() + line + 1, "range", 5) == 0) head_[line + 1] = 'x';
    return true;
  }
  bool only_asks() const { return head_.starts_with("GET ") || head_.starts_with("HEAD "); }

  bool is_readable() const override { return read_ < head_.size(); }
  bool is_writable() const override { return ready(POLLOUT); }
  ssize_t read(char* to, std::size_t size) override {
    const std::size_t n = head_.copy(to, size, read_);
    read_ += n;
    return static_cast<ssize_t>(n);
  }
  ssize_t write(const char* from, std::size_t size) override {
    if (!std::exchange(answers_, true)) end_ = Steady::now() + longest_answer;
    if (!is_writable()) return -1;
    return ::send(fd_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
  }
  // Nobody asks for these.
  void get_remote_ip_and_port(std::string& ip, int& port) const override { ip.clear(), port = 0; }
  void get_local_ip_and_port(std::string& ip, int& port) const override { ip.clear(), port = 0; }
  socket_t socket() const override { return fd_; }

 private:
  bool ready(short event) const {
    while (!stop_ && Steady::now() < end_) {
      pollfd one{fd_, event, 0};
      const int found = ::poll(&one, 1, 50);
      if (found > 0) return true;
      if (found < 0 && errno != EINTR) return false;
      if (!answers_ && waiting_ > 0 && Steady::now() > begin_ + shortest_request) return false;
    }
    return false;
  }

  int fd_;
  const std::atomic<bool>& stop_;
  const std::atomic<std::size_t>& waiting_;
  std::string head_;
  std::size_t read_ = 0;
  Steady::time_point begin_ = Steady::now(), end_ = begin_ + longest_request;
  bool answers_ = false;
};

/// Threads for requests; who brings one more than may wait, waits itself.
class BoundedQueue final : public httplib::TaskQueue {
 public:
  explicit BoundedQueue(std::atomic<std::size_t>& waiting) : waiting_(waiting) {
    try {
      for (int i = 0; i < most_at_a_time; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // fewer do it, too
      if (threads_.empty()) throw;
    }
  }
  void enqueue(std::function<void()> task) override {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return tasks_.size() < most_that_wait; });
    tasks_.push_back(std::move(task));
    waiting_ = tasks_.size();
    more_.notify_one();
  }
  void shutdown() override {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    more_.notify_all();
    for (std::thread& each : threads_) each.join();
  }

 private:
  void work() {
    for (;;) {
      std::function<void()> task;
      {
        std::unique_lock lock(mutex_);
        more_.wait(lock, [&] { return ended_ || !tasks_.empty(); });
        if (tasks_.empty()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
        waiting_ = tasks_.size();
      }
      room_.notify_one();
      task();
    }
  }

  std::atomic<std::size_t>& waiting_;
  std::mutex mutex_;
  std::condition_variable more_, room_;
  std::deque<std::function<void()>> tasks_;
  bool ended_ = false;
  std::vector<std::thread> threads_;
};

class BoundedServer final : public httplib::Server {
 public:
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> waiting{0};  // requests that no thread has taken
  // Of more connections at a time than the library's five, the rest would be lost for long.
  void let_wait() const { ::listen(svr_sock_, static_cast<int>(most_that_wait)); }

 private:
  bool process_and_close_socket(socket_t fd) override {
    bool good = false;
    try {
      BoundedStream stream(fd, stopping, waiting);
      bool closed = false;
      constexpr char refusal[] = "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n";
      if (!stream.take_head())
        good = false;
      else if (!stream.only_asks())
        good = stream.write(refusal, sizeof refusal - 1) > 0;
      else  // to the same machine, packing takes longer than sending
        good = process_request(stream, true, closed, [](httplib::Request& request) {
          request.headers.erase("Accept-Encoding");
        });
    } catch (const std::exception&) {  // no memory: this request alone fails
    }
    ::shutdown(fd, SHUT_RDWR);
    ::close(fd);
    return good;
  }
};

bool is_address(const std::string& text) {
  in6_addr any{};
  return ::inet_pton(AF_INET, text.c_str(), &any) == 1 ||
         ::inet_pton(AF_INET6, text.c_str(), &any) == 1;
}

/// Of "localhost:8400" or "[::1]:8400" the host, in small letters.
std::string host_of(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  return text.substr(0, text.find(':'));
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || (is_address(host) && host.starts_with("127."));
}

std::string in_url(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

class PageServer::Inside {
 public:
  Inside(std::shared_ptr<RunBoard> board, const PageAddress& address)
      : board_(std::move(board)), host_(address.host), page_(board_->page()) {
    answer_with(server_);
    listen_at(address);
    server_.let_wait();
    start();
  }
  ~Inside() {
    if (board_->has_own_runs() && asked_lately()) std::this_thread::sleep_for(last_words);
    server_.stopping = true;
    server_.stop();
    thread_.join();
  }

  std::string address() const { return fmt::format("http://{}:{}/", in_url(shown_host()), port_); }
  bool of_this_machine() const { return is_loopback(host_); }

 private:
  void answer_with(BoundedServer& server) {
    server.new_task_queue = [&server] { return new BoundedQueue(server.waiting); };
    // Two programs at one port, which the library would allow, would share its clients.
    server.set_socket_options([](socket_t fd) {
      const int on = 1;
      ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    });
    server.set_default_headers(
        {{"X-Content-Type-Options", "nosniff"},
         {"X-Frame-Options", "DENY"},
         {"Referrer-Policy", "no-referrer"},
         {"Cross-Origin-Resource-Policy", "same-origin"},
         {"Cache-Control", "no-store"},
         {"Content-Security-Policy",
          "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
          "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
          "frame-ancestors 'none'"}});
    server.set_pre_routing_handler([this](const httplib::Request& asks, httplib::Response& answer) {
      return refuse(asks, answer) ? httplib::Server::HandlerResponse::Handled
                                  : httplib::Server::HandlerResponse::Unhandled;
    });
    server.Get("/", [this](const httplib::Request&, httplib::Response& answer) {
      answer.set_content(page_, "text/html; charset=utf-8");
    });
    server.Get("/news", [this](const httplib::Request& asks, httplib::Response& answer) {
      std::uint64_t version = 0;
      const std::string given = asks.get_param_value("version");
      std::from_chars(given.data(), given.data() + given.size(), version);
      answer.set_content(board_->news(asks.get_param_value("board"), version), "application/json");
      asked_ = Steady::now().time_since_epoch().count();
    });
    server.set_exception_handler(
        [](const httplib::Request&, httplib::Response& answer, std::exception_ptr) {
          answer.status = 500;
          answer.set_content("this request could not be answered\n", "text/plain");
        });
  }

  // A name that leads to this machine is anybody's to make; a number is not.
  bool is_own(const std::string& host) const {
    if (is_loopback(host_)) return is_loopback(host);
    char machine[256] = {};
    ::gethostname(machine, sizeof machine - 1);
    return is_address(host) || host == "localhost" || host == host_of(host_) ||
           host == host_of(machine);
  }
  bool refuse(const httplib::Request& asks, httplib::Response& answer) const {
    const std::string host = asks.get_header_value("Host");
    const std::string origin = asks.get_header_value("Origin");
    const bool foreign = asks.get_header_value_count("Host") != 1 || !is_own(host_of(host));
    const bool elsewhere = !origin.empty() && origin != "http://" + host;
    if (!foreign && !elsewhere) return false;
    answer.status = 403;
    answer.set_content(foreign ? "this server does not answer under that name\n"
                               : "this server does not answer other pages\n",
                       "text/plain");
    return true;
  }

  void listen_at(const PageAddress& address) {
    if (address.port == 0) {
      port_ = server_.bind_to_any_port(address.host);
      if (port_ > 0) return;
    }
    const int most = address.exact || address.port == 0 ? 0 : PageAddress::others;
    int error = 0;
    for (int i = 0; address.port > 0 && i <= most && address.port + i <= 65535; ++i) {
      errno = 0;
      port_ = address.port + i;
      if (server_.bind_to_port(address.host, port_)) return;
      error = errno;
    }
    throw ValueError(
        fmt::format("cannot listen at {}:{}{}: {}", in_url(address.host), address.port,
                    most == 0 ? "" : fmt::format(" nor at one of the {} ports after it", most),
                    error == EADDRINUSE ? "the port is taken; give another one"
                    : error == 0        ? "this machine has no such address"
                                        : std::strerror(error)));
  }

  void start() {
    // Signals are for the thread that trains.
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    try {
      thread_ = std::thread([this] {
        // Of this thread, and of those that it makes: training comes first.
        (void)::setpriority(PRIO_PROCESS, 0, 10);
        try {
          server_.listen_after_bind();
        } catch (const std::exception&) {  // no thread, no memory: the training goes on
        }
        ended_ = true;
      });
    } catch (const std::exception& e) {
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
      throw ValueError(fmt::format("no thread for a server of pages: {}", e.what()));
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    // Before that, nothing would stop it.
    while (!server_.is_running() && !ended_)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  std::string shown_host() const {
    return host_ == "0.0.0.0" || host_ == "::" ? "127.0.0.1" : host_;
  }
  bool asked_lately() const {
    return asked_ != 0 &&
           Steady::now() - Steady::time_point(Steady::duration(asked_)) < std::chrono::seconds(3);
  }

  std::shared_ptr<RunBoard> board_;
  std::string host_, page_;
  int port_ = 0;
  BoundedServer server_;
  std::atomic<bool> ended_{false};
  std::atomic<Steady::rep> asked_{0};  // when news were last asked for
  std::thread thread_;
};

PageServer::PageServer(std::shared_ptr<RunBoard> board, const PageAddress& address)
    : inside_(std::make_unique<Inside>(std::move(board), address)) {}
PageServer::~PageServer() = default;
std::string PageServer::address() const { return inside_->address(); }
bool PageServer::of_this_machine() const { return inside_->of_this_machine(); }

}  // namespace ansatz
