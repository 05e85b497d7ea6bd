// Package rostertest is a user pool in memory, for tests: the contract of the package
// roster holds of it as of the emulator's.
package rostertest

import (
	"context"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
)

// User is one of the pool.
type User struct {
	types.UserType
	Groups    []string
	Password  string
	SignedOut int // how often
}

// Pool is a user pool in memory. It hands out two users at a time.
type Pool struct {
	Users []*User
	Mails []string // addresses written to
	Calls []string // that change something
}

func (p *Pool) find(name *string) (*User, error) {
	for _, u := range p.Users {
		if aws.ToString(u.Username) == *name || slices.ContainsFunc(u.Attributes, func(a types.AttributeType) bool { return *a.Name == "email" && *a.Value == *name }) {
			return u, nil
		}
	}
	return nil, &types.UserNotFoundException{}
}

// change finds who a call changes.
func (p *Pool) change(call string, name *string) (*User, error) {
	p.Calls = append(p.Calls, call)
	return p.find(name)
}

// AdminCreateUser implements roster.API.
func (p *Pool) AdminCreateUser(_ context.Context, in *cognito.AdminCreateUserInput, _ ...func(*cognito.Options)) (*cognito.AdminCreateUserOutput, error) {
	if _, err := p.change("create", in.Username); err == nil {
		return nil, &types.UsernameExistsException{}
	}
	id := "id-" + strconv.Itoa(len(p.Users)+1)
	u := &User{UserType: types.UserType{
		Username: &id, UserStatus: types.UserStatusTypeForceChangePassword,
		Attributes: append(slices.Clone(in.UserAttributes), types.AttributeType{Name: aws.String("sub"), Value: &id}),
	}}
	p.Users = append(p.Users, u)
	if in.MessageAction != types.MessageActionTypeSuppress {
		p.Mails = append(p.Mails, *in.Username)
	}
	return &cognito.AdminCreateUserOutput{User: &u.UserType}, nil
}

// AdminUpdateUserAttributes implements roster.API.
func (p *Pool) AdminUpdateUserAttributes(_ context.Context, in *cognito.AdminUpdateUserAttributesInput, _ ...func(*cognito.Options)) (*cognito.AdminUpdateUserAttributesOutput, error) {
	u, err := p.change("update", in.Username)
	if err != nil {
		return nil, err
	}
	for _, a := range in.UserAttributes {
		u.Attributes = slices.DeleteFunc(u.Attributes, func(old types.AttributeType) bool { return *old.Name == *a.Name })
		u.Attributes = append(u.Attributes, a)
	}
	return &cognito.AdminUpdateUserAttributesOutput{}, nil
}

// AdminSetUserPassword implements roster.API.
func (p *Pool) AdminSetUserPassword(_ context.Context, in *cognito.AdminSetUserPasswordInput, _ ...func(*cognito.Options)) (*cognito.AdminSetUserPasswordOutput, error) {
	u, err := p.change("password", in.Username)
	if err != nil {
		return nil, err
	}
	u.Password = *in.Password
	if in.Permanent {
		u.UserStatus = types.UserStatusTypeConfirmed
	}
	return &cognito.AdminSetUserPasswordOutput{}, nil
}

// AdminAddUserToGroup implements roster.API.
func (p *Pool) AdminAddUserToGroup(_ context.Context, in *cognito.AdminAddUserToGroupInput, _ ...func(*cognito.Options)) (*cognito.AdminAddUserToGroupOutput, error) {
	u, err := p.change("add", in.Username)
	if err != nil {
		return nil, err
	}
	u.Groups = append(u.Groups, *in.GroupName)
	return &cognito.AdminAddUserToGroupOutput{}, nil
}

// AdminRemoveUserFromGroup implements roster.API.
func (p *Pool) AdminRemoveUserFromGroup(_ context.Context, in *cognito.AdminRemoveUserFromGroupInput, _ ...func(*cognito.Options)) (*cognito.AdminRemoveUserFromGroupOutput, error) {
	u, err := p.change("take", in.Username)
	if err != nil {
		return nil, err
	}
	u.Groups = slices.DeleteFunc(u.Groups, func(g string) bool { return g == *in.GroupName })
	return &cognito.AdminRemoveUserFromGroupOutput{}, nil
}

// AdminListGroupsForUser implements roster.API.
func (p *Pool) AdminListGroupsForUser(_ context.Context, in *cognito.AdminListGroupsForUserInput, _ ...func(*cognito.Options)) (*cognito.AdminListGroupsForUserOutput, error) {
	u, err := p.find(in.Username)
	if err != nil {
		return nil, err
	}
	out := &cognito.AdminListGroupsForUserOutput{}
	for _, g := range u.Groups {
		out.Groups = append(out.Groups, types.GroupType{GroupName: &g})
	}
	return out, nil
}

// AdminUserGlobalSignOut implements roster.API.
func (p *Pool) AdminUserGlobalSignOut(_ context.Context, in *cognito.AdminUserGlobalSignOutInput, _ ...func(*cognito.Options)) (*cognito.AdminUserGlobalSignOutOutput, error) {
	u, err := p.change("sign out", in.Username)
	if err != nil {
		return nil, err
	}
	u.SignedOut++
	return &cognito.AdminUserGlobalSignOutOutput{}, nil
}

// AdminDeleteUser implements roster.API.
func (p *Pool) AdminDeleteUser(_ context.Context, in *cognito.AdminDeleteUserInput, _ ...func(*cognito.Options)) (*cognito.AdminDeleteUserOutput, error) {
	u, err := p.change("delete", in.Username)
	if err != nil {
		return nil, err
	}
	p.Users = slices.DeleteFunc(p.Users, func(other *User) bool { return other == u })
	return &cognito.AdminDeleteUserOutput{}, nil
}

// ListUsers implements roster.API.
func (p *Pool) ListUsers(_ context.Context, in *cognito.ListUsersInput, _ ...func(*cognito.Options)) (*cognito.ListUsersOutput, error) {
	from := 0
	if in.PaginationToken != nil {
		var err error
		if from, err = strconv.Atoi(*in.PaginationToken); err != nil {
			return nil, err
		}
	}
	to := min(from+2, len(p.Users))
	out := &cognito.ListUsersOutput{}
	for _, u := range p.Users[from:to] {
		out.Users = append(out.Users, u.UserType)
	}
	if to < len(p.Users) {
		out.PaginationToken = aws.String(strconv.Itoa(to))
	}
	return out, nil
}
