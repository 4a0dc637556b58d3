#!/usr/bin/env bash
# Tests mvnw against JDKs, Mavens and an archive made up here, in a throw-away
# HOME and with a PATH of its own: no network, no JVM, nothing of the user's.
# Prints "ok - ..." or "not ok - ..." for each case; fails if any case does.
# shellcheck disable=SC2012,SC2016,SC2031
set -u

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd) || exit 1
box=$(mktemp -d "${TMPDIR:-/tmp}/mvnw-test.XXXXXX") || exit 1
trap 'rm -rf "$box"' EXIT
trap 'exit 1' HUP INT TERM
box=$(cd -P "$box" && pwd)
failed=0
name=$(sed -n 's/^maven=/apache-maven-/p' "$root/.mvn/wrapper/maven.properties")

# ---- what the sandboxes are made of

# The programs that mvnw may use, without curl, wget, java and mvn.
tools=$box/tools
mkdir "$tools"
for tool in cat cp dirname env gzip mkdir mktemp mv openssl readlink rm sed sh sha512sum shasum sleep tar; do
  path=$(command -v "$tool") && ln -s "$path" "$tools/$tool"
done

program() { # FILE, its text on stdin
  mkdir -p "$(dirname "$1")"
  { echo '#!/bin/sh' && cat; } >"$1"
  chmod +x "$1"
}

fake_jdk() { # HOME VERSION
  program "$1/bin/java" <<<"echo 'openjdk version \"$2\" 2026-01-01' >&2"
  program "$1/bin/javac" <<<''
  printf 'IMPLEMENTOR="Nobody"\nJAVA_VERSION="%s"\n' "$2" >"$1/release"
}

fake_maven() { # HOME VERSION
  program "$1/bin/mvn" <<<"echo \"maven=$2\"; echo \"java=\$JAVA_HOME\"; echo \"in=\$PWD\"
for arg do echo \"arg=\$arg\"; done"
  mkdir -p "$1/lib"
  : >"$1/lib/maven-core-$2.jar"
}

sum() {
  if command -v sha512sum >/dev/null; then sha512sum <"$1"; else shasum -a 512 <"$1"; fi | cut -d' ' -f1
}

# The archive that all fetches get, and one that has been tampered with.
mkdir "$box/archive"
fake_maven "$box/archive/$name" "${name##*-}"
good=$box/good.tar.gz bad=$box/bad.tar.gz
tar -czf "$good" -C "$box/archive" "$name"
echo tampered >"$box/archive/$name/README"
tar -czf "$bad" -C "$box/archive" "$name"

# A mvn of version 3.8.7 that takes down its arguments and where it runs, and
# "resolves" $REPO/archive.tar.gz.
old_maven() { # HOME
  fake_maven "$1" 3.8.7
  program "$1/bin/mvn" <<'MVN'
printf '%s\n' "$PWD" "$@" >>"$HOME/mvn.log"
for arg do
  case $arg in -DoutputDirectory=*) out=${arg#*=} ;; esac
done
[ -f "$REPO/archive.tar.gz" ] || exit 1
cp "$REPO/archive.tar.gz" "$out/$NAME-bin.tar.gz"
MVN
}

fake_curl() { # FILE
  program "$1" <<'CURL'
printf '%s\n' "$@" >>"$HOME/curl.log"
while [ "$1" != -o ]; do shift; done
sleep "${CURL_TAKES:-0}"
[ -z "${CURL_MEANWHILE:-}" ] || "$CURL_MEANWHILE"
cp "$SERVED" "$2"
CURL
}

# ---- a sandbox for each case: $p (a project), $h (HOME), $bin (first on PATH)

sandbox() { # NAME
  s=$box/$1 p=$box/$1/project h=$box/$1/home bin=$box/$1/bin
  mkdir -p "$p/.mvn/wrapper" "$h" "$bin"
  cp "$root/mvnw" "$p/mvnw"
  sed "s/^mavenSha512=.*/mavenSha512=$(sum "$good")/" \
    "$root/.mvn/wrapper/maven.properties" >"$p/.mvn/wrapper/maven.properties"
  store=$h/.m2/wrapper/tandem
  fake_jdk "$s/jdk-25" 25.0.3
  vars=("TANDEM_JDK_PLACES=$s/jdk-*" "TANDEM_MAVEN_PLACES=")
}

# Runs mvnw in $p with ${vars[@]}; sets status, and leaves $s/out and $s/err.
run() {
  (cd "$p" && exec env -i HOME="$h" PATH="$bin:$tools" NAME="$name" "${vars[@]}" \
    ./mvnw "$@" >"$s/out" 2>"$s/err" </dev/null)
  status=$?
}

# ---- what a case can ask for; the first that does not hold is its outcome

why=''
no() { why=${why:-$1}; }
exits() { [ "$status" -eq "$1" ] || no "exit $status instead of $1: $(cat "$s/err")"; }
says() { grep -Fqx -- "$1" "$s/out" || no "no line '$1' in: $(cat "$s/out" "$s/err")"; }
quiet() { [ ! -s "$s/err" ] || no "stderr has: $(cat "$s/err")"; }
one_line() { # with each of these in it
  [ "$(wc -l <"$s/err")" -eq 1 ] || no "not one line: $(cat "$s/err")"
  [ ! -s "$s/out" ] || no "stdout has: $(cat "$s/out")"
  for part; do grep -Fq -- "$part" "$s/err" || no "no '$part' in: $(cat "$s/err")"; done
}
logged() { grep -Fqx -- "$2" "$h/$1.log" 2>/dev/null || no "$1 not run with '$2': $(cat "$h/$1.log" 2>&1)"; }
unused() { [ ! -e "$h/$1.log" ] || no "$1 was run: $(cat "$h/$1.log")"; }
stored() { [ "$(ls -A "$store" 2>&1)" = "$1" ] || no "$store has: $(ls -A "$store" 2>&1)"; }
unstored() { [ -z "$(ls -A "$store" 2>/dev/null)" ] || no "$store has: $(ls -A "$store")"; }
same() { [ "$1" = "$2" ] || no "'$1' instead of '$2'"; }
done_with() { # TITLE
  if [ -z "$why" ]; then
    echo "ok - $1"
  else
    echo "not ok - $1: $why"
    failed=1
  fi
  why=''
}

# ---- JDK

sandbox usual-place
fake_jdk "$s/java-17" 17.0.15
ln -s "$s/java-17/bin/java" "$bin/java"
fake_maven "$s/maven" 3.9.9
fake_jdk "$h/.jdks/temurin-25" 25.0.1
vars=("MAVEN_HOME=$s/maven")
run verify
exits 0; quiet; says arg=verify
picked=$(sed -n 's/^java=//p' "$s/out")
grep -q '^JAVA_VERSION="25' "$picked/release" 2>/dev/null || no "picked '$picked'"
done_with 'java 17 on PATH, no JAVA_HOME: a JDK 25 from the usual places'

vars=("MAVEN_HOME=$s/maven" "JAVA_HOME=$s/java-17" "TANDEM_JDK_PLACES=$s/nothing:$h/.jdks/*")
run
exits 0; quiet; says "java=$h/.jdks/temurin-25"
done_with 'JAVA_HOME is a JDK 17: passed over without a word'

fake_jdk "$s/other" 25
vars=("MAVEN_HOME=$s/maven" "JAVA_HOME=$s/other" "TANDEM_JDK_PLACES=$h/.jdks/*")
run
exits 0; says "java=$s/other"
done_with 'JAVA_HOME is a JDK 25: used'

mkdir -p "$s/shims"
ln -s ../other/bin/java "$s/shims/java"
rm "$bin/java" && ln -s ../shims/java "$bin/java"
vars=("MAVEN_HOME=$s/maven" "TANDEM_JDK_PLACES=$h/.jdks/*")
run
exits 0; says "java=$s/other"
done_with 'java on PATH is a JDK 25, behind relative links: used'
rm "$bin/java"

fake_jdk "$s/a-26" 26-ea
fake_jdk "$s/b-25" 25.0.3
vars=("MAVEN_HOME=$s/maven" "TANDEM_JDK_PLACES=$s/a-26:$s/b-25")
run
exits 0; says "java=$s/b-25"
vars=("MAVEN_HOME=$s/maven" "TANDEM_JDK_PLACES=$s/a-26")
run
exits 0; says "java=$s/a-26"
sed 's/^jdkNewer=.*/jdkNewer=false/' "$p/.mvn/wrapper/maven.properties" >"$s/props"
cp "$s/props" "$p/.mvn/wrapper/maven.properties"
run
exits 1; one_line 'JDK 25 not found'
done_with 'a newer JDK: only for want of a 25, and only if the settings allow it'

rm "$s/b-25/release"
vars=("MAVEN_HOME=$s/maven" "TANDEM_JDK_PLACES=$s/b-25")
run
exits 0; says "java=$s/b-25"
done_with 'a JDK without a release file: asked for its version'

sandbox no-jdk
fake_jdk "$s/java-17" 17.0.15
fake_jdk "$s/jre-25" 25.0.3
rm "$s/jre-25/bin/javac"
ln -s "$s/java-17/bin/java" "$bin/java"
vars=("TANDEM_JDK_PLACES=$s/java-17:$s/jre-25:$s/no/*" "TANDEM_MAVEN_PLACES=" "JAVA_HOME=$s/jre-25")
run verify
exits 1; one_line 'mvnw: JDK 25 not found: install Temurin 25'
done_with 'no JDK 25 (a JRE 25 is none): one line, exit 1'

# ---- Maven found

sandbox found
fake_maven "$s/maven" 3.9.0
old_maven "$s/old"
ln -s "$s/maven/bin/mvn" "$bin/mvn"
fake_curl "$bin/curl"
mkdir "$p/sub dir" && p="$p/sub dir"
ln -s ../mvnw "$p/mvnw"
vars+=("MAVEN_HOME=$s/old")
run -q 'two words' '' '*'
exits 0; quiet; unused curl; unused mvn; unstored
says maven=3.9.0; says "java=$s/jdk-25"; says "in=$p"
same "$(grep -c '^arg=' "$s/out")" 4
says 'arg=two words'; says arg=; says 'arg=*'
done_with 'Maven 3.9 on PATH: used from the current folder with the arguments as they are, nothing fetched'

sandbox found-3.10
fake_maven "$s/m-3.10.1" 3.10.1
old_maven "$s/m-3.8.7"
vars=("TANDEM_JDK_PLACES=$s/jdk-25" "TANDEM_MAVEN_PLACES=$s/m-3.8.7:$s/m-3.10*")
run
exits 0; says maven=3.10.1; unstored
done_with 'Maven 3.10 is newer than 3.9'

sandbox shim
program "$bin/mvn" <<<'if [ "$1" = -version ]; then echo "Apache Maven 3.9.4 (abc)"; else echo "shim $*"; fi'
run verify
exits 0; says 'shim verify'; unstored
done_with 'a mvn that is only a shim: asked for its version'

# ---- Maven fetched

sandbox through-mvn
old_maven "$s/old"
ln -s "$s/old/bin/mvn" "$bin/mvn"
fake_curl "$bin/curl"
mkdir "$h/repo" && cp "$good" "$h/repo/archive.tar.gz"
vars+=("REPO=$h/repo")
run -Dmaven.repo.local=../my-repo -s my.xml verify
exits 0; quiet; unused curl; stored "$name"; says "maven=${name##*-}"; says arg=-Dmaven.repo.local=../my-repo
logged mvn "-Dartifact=org.apache.maven:apache-maven:${name##*-}:tar.gz:bin"
logged mvn "-Dmaven.repo.local=$p/../my-repo"
logged mvn -s; logged mvn "$p/my.xml"
grep -qx verify "$h/mvn.log" && no 'the goals were passed on'
case $(head -n 1 "$h/mvn.log") in
  "$store"/*) ;;
  *) no "fetched from $(head -n 1 "$h/mvn.log")" ;;
esac
rm "$h/mvn.log"
run verify
exits 0; quiet; unused mvn; says "maven=${name##*-}"
done_with 'an older mvn: the fetch goes through it, outside the project, once'

sandbox mvn-fails
old_maven "$s/old"
fake_curl "$bin/curl"
vars+=("REPO=$h/repo" "SERVED=$good" "M2_HOME=$s/old")
run -o
exits 1; unused curl; unstored; one_line 'could not be fetched'; logged mvn -o
run
exits 0; quiet; stored "$name"; says "maven=${name##*-}"
done_with 'the older mvn cannot fetch it: the archive, unless offline'

sandbox no-mvn
fake_curl "$bin/curl"
vars+=("SERVED=$good")
run verify
exits 0; quiet; stored "$name"; says "maven=${name##*-}"; says arg=verify
logged curl "$(sed -n 's/^mavenArchive=//p' "$root/.mvn/wrapper/maven.properties")"
done_with 'no mvn: the archive, with curl'

sandbox wget
program "$bin/wget" <<<'while [ "$1" != -O ]; do shift; done; cp "$SERVED" "$2"'
vars+=("SERVED=$good" "MAVEN_USER_HOME=$s/user home")
run
store="$s/user home/wrapper/tandem"
exits 0; quiet; stored "$name"; says "maven=${name##*-}"
[ ! -e "$h/.m2" ] || no "$h/.m2 was made"
done_with 'no mvn, no curl: the archive, with wget, into MAVEN_USER_HOME'

sandbox nothing
run
exits 1; unstored; one_line 'could not be fetched' 'install Maven 3.9'
fake_curl "$bin/curl"
vars+=("SERVED=$s/no-such-file")
run
exits 1; unstored; one_line 'could not be fetched' 'install Maven 3.9'
done_with 'nothing to fetch with, or no network: one line, exit 1'

sandbox tampered
fake_curl "$bin/curl"
vars+=("SERVED=$bad")
run
exits 1; unstored; one_line "expected $(sum "$good")" "got $(sum "$bad")" archive.apache.org
old_maven "$s/old"
mkdir "$h/repo" && cp "$bad" "$h/repo/archive.tar.gz"
rm "$h/curl.log"
vars=("${vars[0]}" "${vars[1]}" "SERVED=$good" "REPO=$h/repo" "M2_HOME=$s/old")
run
exits 1; unused curl; unstored; one_line "expected $(sum "$good")" "got $(sum "$bad")"
done_with 'wrong checksum, from the archive or through mvn: refused, nothing left behind'

for hasher in 'shasum -a 512' 'openssl dgst -sha512'; do
  command -v "${hasher%% *}" >/dev/null || continue
  sandbox "with-${hasher%% *}"
  fake_curl "$bin/curl"
  mkdir "$s/tools"
  for tool in "$tools"/*; do
    case ${tool##*/} in
      sha512sum | shasum | openssl) ;;
      *) ln -s "$tool" "$s/tools/" ;;
    esac
  done
  program "$bin/${hasher%% *}" <<<"exec $(command -v "${hasher%% *}") \"\$@\""
  vars+=("PATH=$bin:$s/tools" "SERVED=$good") # the last PATH counts
  run
  exits 0; quiet; stored "$name"
  done_with "the checksum with ${hasher%% *}"
done

sandbox "it's a \$HOME with  spaces"
old_maven "$s/old maven"
fake_jdk "$s/java 17" 17
fake_jdk "$s/my jdks/jdk 25" 25.0.3
fake_curl "$bin/curl"
ln -s "$s/java 17/bin/java" "$bin/java"
ln -s "$s/old maven/bin/mvn" "$bin/mvn"
mkdir "$h/a repo" && cp "$good" "$h/a repo/archive.tar.gz"
vars=("TANDEM_JDK_PLACES=$s/none:$s/my jdks/*" "TANDEM_MAVEN_PLACES=" "REPO=$h/a repo" "JAVA_HOME=$s/java 17")
run '-Dmaven.repo.local=my repo' 'a b'
exits 0; quiet; unused curl; stored "$name"
says "java=$s/my jdks/jdk 25"; says "in=$p"; says 'arg=a b'
logged mvn "-Dmaven.repo.local=$p/my repo"
done_with 'paths with spaces'

# ---- more than one run at a time

sandbox two
fake_curl "$bin/curl"
vars+=("SERVED=$good" CURL_TAKES=1)
pids=()
for i in 1 2 3 4; do
  # shellcheck disable=SC2030 # each run has an $s of its own, for its output
  (s=$s/run-$i && mkdir "$s" && run "run-$i"; exit "$status") &
  pids+=($!)
done
for pid in "${pids[@]}"; do wait "$pid" || no 'a run failed'; done
for i in 1 2 3 4; do
  grep -Fqx "arg=run-$i" "$s/run-$i/out" || no "run $i: $(cat "$s/run-$i/out" "$s/run-$i/err")"
done
same "$(grep -c '^-o$' "$h/curl.log")" 4
stored "$name"
same "$(ls -A "$store/$name" 2>&1 | tr '\n' ' ')" 'bin lib '
done_with 'four first runs at once: all work, one Maven is left'

sandbox second
fake_curl "$bin/curl"
program "$s/other-run" <<<"mkdir -p '$store' && cp -R '$box/archive/$name' '$store/$name' && rm -f '$store/$name/README'"
vars+=("SERVED=$good" "CURL_MEANWHILE=$s/other-run")
run
exits 0; quiet; stored "$name"; says "maven=${name##*-}"
same "$(ls -A "$store/$name" 2>&1 | tr '\n' ' ')" 'bin lib '
done_with 'another run was first: its Maven is kept as it is'

# ---- the real pin, where the real archive has been resolved on this machine

real=$HOME/.m2/repository/org/apache/maven/apache-maven/${name##*-}/$name-bin.tar.gz
if [ -f "$real" ]; then
  same "$(sum "$real")" "$(sed -n 's/^mavenSha512=//p' "$root/.mvn/wrapper/maven.properties")"
  done_with 'the pinned SHA-512 is that of the archive in the local repository'
else
  echo 'ok - the pinned SHA-512 # skipped: the archive is not in the local repository'
fi

exit "$failed"
