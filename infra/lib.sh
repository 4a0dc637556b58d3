# shellcheck shell=bash
# What deploy and load-index share: messages, options, and commands that are run or only printed.

DRY_RUN=false
AWS=(aws)

# What, got, expected, what to do.
die() {
    echo "${0##*/}: $*" >&2
    exit 1
}

say() {
    echo "${0##*/}: $*" >&2
}

# need TOOL WHAT-TO-DO
need() {
    command -v "$1" >/dev/null 2>&1 || die "the tool $1 is not there, and it is needed: $2"
}

# value OPTION "$@" is the option's value; an option at the end of the line has none.
value() {
    [ $# -ge 3 ] || die "$1 has no value; --help says what it takes"
    printf '%s' "$3"
}

# A word as a shell would read it. What stands in ${} is left for that shell to fill in.
quoted_word() {
    local plain='^[A-Za-z0-9_./:=,@%+-]+$' double='["`\\]'
    if [[ $1 =~ $plain ]]; then
        printf '%s' "$1"
    elif [[ ($1 == *"\${"* || ($1 == *"'"* && $1 != *"$"*)) && ! $1 =~ $double ]]; then
        printf '"%s"' "$1"
    else
        printf "'%s'" "${1//\'/\'\\\'\'}"
    fi
}

quoted() {
    local word line=
    for word in "$@"; do
        line+=" $(quoted_word "$word")"
    done
    printf '%s\n' "${line# }"
}

# Runs a command, or prints it.
run() {
    if $DRY_RUN; then
        quoted "$@"
    else
        "$@"
    fi
}

# set_from NAME COMMAND... gives the variable what the command prints. A dry run prints the line,
# and the variable stands for itself in the lines after it.
set_from() {
    local name=$1
    shift
    if $DRY_RUN; then
        echo "$name=\$($(quoted "$@"))"
        printf -v "$name" '%s' "\${$name}"
    else
        local found
        found=$("$@") || die "this failed, and $name is needed: $(quoted "$@")"
        if [ -z "$found" ] || [ "$found" = None ]; then
            die "$name is empty; asked by: $(quoted "$@")"
        fi
        printf -v "$name" '%s' "$found"
    fi
}

# output_of NAME STACK OUTPUT
output_of() {
    set_from "$1" "${AWS[@]}" cloudformation describe-stacks --stack-name "$2" \
        --query "Stacks[0].Outputs[?OutputKey=='$3'].OutputValue | [0]" --output text
}

# image_template TEMPLATE URI prints the function's template for a container image, to be put into a
# folder beside infra. SAM takes no parameter for the kind of a package.
image_template() {
    sed -e "/^      # infra\/deploy --image/,/^      Architectures:/c\\
      PackageType: Image\\
      ImageUri: $2\\
      Architectures:" -e 's|TemplateURL: infra/|TemplateURL: ../infra/|' "$1"
}
