# SPDX-License-Identifier: MIT
# netipc.rb - the recipe of Homebrew; make release fills the sum in
class Netipc < Formula
  desc "Show what the socket layer of this machine really does"
  homepage "https://example.org/netipc"
  url "https://example.org/netipc/netipc-1.0.0.tar.xz"
  sha256 "@SHA256@"
  license "MIT"

  depends_on :linux

  def install
    system "./configure", *std_configure_args, "--disable-silent-rules"
    system "make", "install"
  end

  test do
    assert_match "canonical     192.0.2.1", shell_output("#{bin}/netipc addr 192.0.2.1")
    assert_equal "192.0.2.0/24\n", shell_output("#{bin}/netipc addr agg 192.0.2.0/25 192.0.2.128/25")
  end
end
