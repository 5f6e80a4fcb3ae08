// The thread of LiveMonitoring: sockets, clients, and its own copy of the records.
#pragma once

#include <ansatz/serial/records_feed.hpp>

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include <poll.h>

namespace ansatz::live {

/// A file descriptor, closed at the end.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor();
  int get() const { return fd_; }

 private:
  int fd_ = -1;
};

class Server {
 public:
  /// Listens, and starts the thread. ValueError when it cannot listen there.
  Server(const std::string& address, int req_port, int pub_port);
  ~Server();
  Server(const Server&) = delete;

  int req_port() const { return req_port_; }
  int pub_port() const { return pub_port_; }
  /// Hands the thread what the records have more than at the last call. Takes as long as copying
  /// one value a channel and record does.
  void publish(const MonitorRecords& records);

 private:
  struct Client {
    Descriptor socket;
    bool follows = false;  // came to pub_port
    std::string in, out;
    std::size_t sent = 0;  // of out
    std::vector<std::string> chosen;
    std::uint64_t last_used = 0;  // by the server's clock: when it said or took something
    bool deaf = false;            // has closed its sending half
    bool gone = false;
    std::size_t unread() const { return out.size() - sent; }
  };

  void loop();
  void take_news();
  void tell_waiting();
  void tell_followers();
  void accept_from(const Descriptor& listener, bool follows);
  bool accept_one(const Descriptor& listener, bool follows);
  template <class Which>
  void drop_quietest(Which which);
  void read_from(Client& client);
  void serve(Client& client);
  void take_line(Client& client, std::string_view line);
  void say(Client& client, const std::string& line);
  void write_to(Client& client);

  Descriptor requests_, publications_, wake_;
  int req_port_ = 0, pub_port_ = 0;
  RecordsFeed feed_;
  std::atomic<bool> stop_{false};

  MonitorRecords records_;                   // of the server's thread, as the clients
  std::deque<RecordsFeed::Moment> waiting_;  // to be told
  std::vector<Client> clients_;
  std::uint64_t clock_ = 0;
  bool resting_ = false;  // no more clients for a while
  std::thread thread_;
};

}  // namespace ansatz::live
